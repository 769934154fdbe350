import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AuditLog } from '@personr/audit';
import { decodeBundle } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { tempDirectory, waitFor } from '@personr/testkit';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';

const VERIFIER = join(import.meta.dirname, '../../../apps/verifier/dist/personr-verify.mjs');
const EXTRACT =
  'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';

type Line = { readonly index: number; readonly event: string; readonly instructionId: string | null };

describe('an evidence pack', () => {
  let house: House;
  let bank: TestTenant;
  let instructionId: string;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    instructionId = idOf(await bank.post('/v1/instructions', aDelete({ externalId: 'cust-1' })).expect(202));
    await house.ended(bank, instructionId);
    await append(600);
  });

  afterAll(() => house.stop());

  /** Has so many more entries in the log, the last of them. */
  const append = async (count: number) => {
    const at = house.clock.now();
    const events = Array.from({ length: count }, (_, number) => ({
      event: 'test.happened',
      at,
      actor: { kind: 'SYSTEM' } as const,
      detail: { number },
    }));
    const [audit, tenancy] = [house.api.get(AuditLog), house.api.get(Tenancy)];
    await tenancy.forTenant(bank.tenantId, (tx) => audit.appendAll(tx, events));
    await waitFor(
      async () => {
        const { rows } = await house.owner.query('select from audit_outbox where tenant_id = $1', [
          bank.tenantId,
        ]);
        return rows.length === 0 ? true : undefined;
      },
      { what: 'every entry to have its place' },
    );
  };

  const take = async (query = ''): Promise<string> => {
    const answer = await bank.get(`/v1/evidence/pack${query}`).responseType('blob').expect(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="evidence.zip"',
      'cache-control': 'private, no-store',
    });
    const home = tempDirectory('pack');
    writeFileSync(join(home, 'evidence.zip'), answer.body as Buffer);
    const directory = join(home, 'unpacked');
    await promisify(execFile)('python3', ['-c', EXTRACT, join(home, 'evidence.zip'), directory]);
    return directory;
  };

  const verify = async (...argv: string[]) => {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        VERIFIER,
        ...argv,
        '--key',
        bank.vkey,
        '--json',
      ]);
      return { code: 0, said: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, said: stdout + stderr };
    }
  };
  const verifyLog = (directory: string, ...more: string[]) => verify('log', directory, '--no-state', ...more);

  const flip = (file: string, at: number) => {
    const bytes = readFileSync(file);
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(file, bytes);
  };
  const linesOf = (directory: string): Line[] =>
    readFileSync(join(directory, 'entries.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);

  it('is a zip for the tools of others, and a log that the verifier derives anew', async () => {
    const directory = await take();
    expect(await verifyLog(directory)).toMatchObject({ code: 0 });
    const lines = linesOf(directory);
    const size = Number(readFileSync(join(directory, 'checkpoint'), 'utf8').split('\n')[1]);
    expect(lines).toHaveLength(size);
    expect(new Set(lines.map(({ index }) => index)).size).toBe(size);
    const table = readFileSync(join(directory, 'entries.csv'), 'utf8').trimEnd().split('\r\n');
    expect(table).toHaveLength(size + 1);
    const bundle = decodeBundle(readFileSync(join(directory, 'tile/entries/000')));
    const fifth = JSON.parse(Buffer.from(bundle[5]!).toString()) as { id: string; event: string };
    expect(lines.find(({ index }) => index === 5)).toMatchObject({ id: fifth.id, event: fifth.event });
    const { origin, keys } = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')) as {
      origin: string;
      keys: { vkey: string }[];
    };
    expect([bank.vkey.startsWith(`${origin}+`), keys.map(({ vkey }) => vkey)]).toEqual([true, [bank.vkey]]);
    const page = readFileSync(join(directory, 'index.html'), 'utf8');
    expect(page).toContain(`receipts/${instructionId}.1.json`);
    expect(page).not.toMatch(/<script|https?:/);
  });

  it('has every receipt, anchored as it is when it is fetched alone, and the verifier takes each', async () => {
    const alone = `/v1/instructions/${instructionId}/receipt`;
    const isAnchored = async () =>
      ((await bank.get(alone).expect(200)).body as { anchor: object | null }).anchor !== null;
    await waitFor(isAnchored, { what: 'the receipt to be anchored', timeoutMs: 60_000 });
    const directory = await take();
    const receipts = readdirSync(join(directory, 'receipts'));
    expect(receipts.sort()).toEqual([`${instructionId}.1.json`, `${instructionId}.1.tlog-proof`]);
    const file = join(directory, 'receipts', receipts[0]!);
    expect(await verify('receipt', file)).toMatchObject({ code: 0 });
    const packed = JSON.parse(readFileSync(file, 'utf8')) as { anchor: object | null; tlogProof: string };
    expect(packed.anchor).not.toBeNull();
    expect(packed).toMatchObject({ anchor: { salt: expect.any(String) as string } });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"COMPLETED"', '"CLOSED_NO_DATA"'));
    expect(await verify('receipt', file)).toMatchObject({ code: 1 });
  });

  it.each([
    ['an entry', 'tile/entries/001', 3000],
    ['a hash of a tile', 'tile/0/001', 77],
    ['a hash of a tile above', 'tile/1/000.p/2', 33],
    ['the checkpoint', 'checkpoint', 100],
  ])('is refused when one byte of %s is flipped', async (_, file, at) => {
    const directory = await take();
    flip(join(directory, file), at);
    expect(await verifyLog(directory)).toMatchObject({ code: 1 });
  });

  it('of a period has its entries and receipts alone, and still verifies, from its beginning on', async () => {
    house.clock.advance(60_000);
    bank = await tenantOf(house.http, bank);
    const from = house.clock.now().toISOString();
    await append(3);
    const to = new Date(house.clock.now().getTime() + 1).toISOString();
    const directory = await take(`?from=${from}&to=${to}`);
    const happened = linesOf(directory).filter(({ event }) => event === 'test.happened');
    expect(happened).toHaveLength(3);
    expect(linesOf(directory).length).toBeLessThan(20);
    expect(existsSync(join(directory, 'receipts'))).toBe(false);
    expect(existsSync(join(directory, 'tile/entries/000'))).toBe(false);
    expect(existsSync(join(directory, 'tile/0/000'))).toBe(true);
    const { code, said } = await verifyLog(directory);
    expect([code, said]).toEqual([0, expect.stringContaining('512')]);
    expect(await verifyLog(directory, '--from', '0')).toMatchObject({ code: 1 });
  });

  it('R-101: leaves an entry, and is not for who may not read evidence or asks for no period', async () => {
    await take();
    const packs = await waitFor(
      async () => {
        const answer = await bank.get('/v1/evidence/entries?event=evidence.read&limit=200').expect(200);
        const { items } = answer.body as { items: { detail: { form: string; from?: string | null } }[] };
        const found = items.filter(({ detail }) => detail.form === 'PACK' && detail.from === null);
        return found.length > 0 ? found : undefined;
      },
      { what: 'the entry of the pack' },
    );
    expect(packs[0]!.detail).toMatchObject({
      form: 'PACK',
      from: null,
      to: null,
      size: expect.any(Number) as unknown,
    });
    await bank.get('/v1/evidence/pack?from=never').expect(400);
    await bank.get('/v1/evidence/pack?since=2026-11-23T00:00:00Z').expect(400);
    await house.http.get('/v1/evidence/pack').expect(401);
  });
});
