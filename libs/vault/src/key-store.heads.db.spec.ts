import { type TenantId } from '@personr/kernel';
import pg from 'pg';
import { KeyStoreHeads, type SignedHead } from './key-store.heads.js';
import { VaultFixture } from './vault.spec-helper.js';

const ORIGIN = 'personr.example/log/1';
const headOf = (size: number, byte = 1): SignedHead => ({ size, root: Buffer.alloc(32, byte) });

describe('how far a log was signed', () => {
  let fixture: VaultFixture;
  let heads: KeyStoreHeads;
  let ours: TenantId;
  let theirs: TenantId;

  beforeAll(async () => {
    fixture = await VaultFixture.open();
    heads = new KeyStoreHeads(fixture.keyStore());
  });
  beforeEach(async () => {
    [ours, theirs] = [(await fixture.tenant()).tenantId, (await fixture.tenant()).tenantId];
  });
  afterAll(async () => {
    await fixture.close();
  });

  const swap = (before: SignedHead | null, next: SignedHead, tenantId = ours) =>
    heads.swap(tenantId, ORIGIN, { before, next });

  it('is nothing before it is recorded, and then what was recorded last', async () => {
    expect(await heads.read(ours, ORIGIN)).toBeNull();
    expect(await swap(null, headOf(3))).toBe(true);
    expect(await swap(headOf(3), headOf(5, 2))).toBe(true);
    expect(await heads.read(ours, ORIGIN)).toEqual(headOf(5, 2));
    expect(await heads.read(ours, `${ORIGIN}0`)).toBeNull();
    expect(await heads.read(theirs, ORIGIN)).toBeNull();
  });

  it.each([
    ['nothing was recorded', null, headOf(9)],
    ['another size was', headOf(4), headOf(9)],
    ['another root was', headOf(5, 7), headOf(9)],
  ])('stays as it is when somebody believes that %s', async (_, before, next) => {
    await swap(null, headOf(5));
    expect(await swap(before, next)).toBe(false);
    expect(await heads.read(ours, ORIGIN)).toEqual(headOf(5));
  });

  it.each([headOf(5, 2), headOf(4)])('never becomes less, nor another tree of one size', async (next) => {
    await swap(null, headOf(5));
    expect(await swap(headOf(5), next)).toBe(false);
    expect(await heads.read(ours, ORIGIN)).toEqual(headOf(5));
  });

  it.each([null, headOf(5)])('is changed by one of many who try at once', async (before) => {
    if (before !== null) await swap(null, before);
    const tries = Array.from({ length: 8 }, (_, at) => swap(before, headOf(6 + at, at)));
    const won = (await Promise.all(tries)).flatMap((isDone, at) => (isDone ? [headOf(6 + at, at)] : []));
    expect(won).toEqual([await heads.read(ours, ORIGIN)]);
  });

  it('R-01: is one tenant’s, and nobody may remove it', async () => {
    await swap(null, headOf(5), theirs);
    const client = new pg.Client({ connectionString: fixture.urls.keystoreUrl });
    await client.connect();
    const asUs = async (sql: string) => {
      await client.query('begin');
      try {
        await client.query("select set_config('app.tenant_id', $1, true)", [ours]);
        return await client.query(sql);
      } finally {
        await client.query('rollback');
      }
    };
    expect((await asUs('select from last_signed')).rowCount).toBe(0);
    expect((await asUs('update last_signed set size = 99')).rowCount).toBe(0);
    const foreign = `insert into last_signed values ('${theirs}', 'other', 1, decode(repeat('00', 32), 'hex'))`;
    for (const sql of [foreign, 'delete from last_signed', "update last_signed set origin = 'x'"]) {
      await expect(asUs(sql)).rejects.toMatchObject({ code: '42501' });
    }
    await client.end();
  });
});
