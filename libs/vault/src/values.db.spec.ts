import { newId, type TenantId } from '@personr/kernel';
import { type KeyStoreVault } from './key-store.vault.js';
import { anInstruction, aSubject, bytes, read, VaultFixture } from './vault.spec-helper.js';

describe('values under keys', () => {
  let fixture: VaultFixture;
  let vault: KeyStoreVault;
  let tenantId: TenantId;

  beforeAll(async () => {
    fixture = await VaultFixture.open();
    ({ vault, tenantId } = await fixture.tenant());
  });
  afterAll(() => fixture.close());

  it('open to what was sealed, in order, in another process', async () => {
    const { keyIds } = await aSubject(vault, tenantId, 'in-order');
    const binding = ['record', '1'];
    const items = keyIds.map((keyId, at) => ({ keyId, binding, plaintext: bytes(`value ${String(at)}`) }));
    const sealed = await vault.seal(tenantId, items);
    const opened = await fixture.process().open(
      tenantId,
      sealed.map((value, at) => ({ keyId: keyIds[at]!, binding, sealed: value })),
    );
    expect(opened.map((value) => Buffer.from(value).toString())).toEqual(['value 0', 'value 1', 'value 2']);
    expect(await vault.open(tenantId, [])).toEqual([]);
  });

  it('are refused damaged, under another binding, and under a sibling key', async () => {
    const { keyId, keyIds, sealed } = await aSubject(vault, tenantId, 'damaged');
    const item = { keyId, binding: ['name'], sealed };
    const sibling = keyIds.find((id) => id !== keyId)!;
    const flipped = Uint8Array.from(sealed, (byte, at) => (at === 20 ? byte ^ 1 : byte));
    const swaps = [
      { ...item, sealed: flipped },
      { ...item, sealed: sealed.subarray(1) },
      { ...item, binding: [] },
      { ...item, binding: ['name', ''] },
      { ...item, keyId: sibling },
    ];
    for (const swapped of swaps) {
      await expect(vault.open(tenantId, [item, swapped])).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    }
  });

  it('cannot be swapped between two subjects', async () => {
    const ana = await aSubject(vault, tenantId, 'ana');
    const bo = await aSubject(vault, tenantId, 'bo');
    await expect(read(vault, tenantId, { ...ana, sealed: bo.sealed })).rejects.toMatchObject({
      code: 'SEAL_BROKEN',
    });
  });

  it('cannot be opened by another tenant that knows everything but the root', async () => {
    const kept = await aSubject(vault, tenantId, 'ours');
    const { tenantId: stranger } = await fixture.tenant();
    await expect(read(vault, stranger, kept)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    const plain = { keyId: kept.keyId, binding: [], plaintext: bytes('x') };
    await expect(vault.seal(stranger, [plain])).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
  });

  it('cannot be opened with the places of two owners exchanged', async () => {
    const { tenantId: own } = await fixture.tenant();
    const ana = await aSubject(vault, own, 'ana');
    const bo = await aSubject(vault, own, 'bo');
    const [place] = await fixture.rows(
      own,
      `select place from node where tenant_id = $1 and owner = '${bo.subjectId}'`,
    );
    await fixture.rows(
      own,
      `update node set place = 9999 where tenant_id = $1 and owner = '${bo.subjectId}'`,
    );
    const where = `where tenant_id = $1 and owner = '${ana.subjectId}'`;
    await fixture.rows(own, `update node set place = ${String(place!.place)} ${where}`);
    await expect(read(vault, own, ana)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    await expect(read(vault, own, bo)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  });

  it('open neither after their key is shredded nor, all or none, beside one that is', async () => {
    const gone = await aSubject(vault, tenantId, 'gone');
    const kept = await aSubject(vault, tenantId, 'kept');
    await vault.shred(tenantId, gone.keyIds, anInstruction());
    const items = [kept, gone].map(({ keyId, sealed }) => ({ keyId, binding: ['name'], sealed }));
    await expect(vault.open(tenantId, items)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    expect(await read(vault, tenantId, kept)).toBe('kept');
  });

  it('are refused for a tenant that was never opened', async () => {
    const stranger = newId<'tenant'>(new Date());
    await expect(vault.keysFor(stranger, newId<'subject'>(new Date()), ['name'])).rejects.toMatchObject({
      code: 'KEY_STORE_STALE',
    });
  });
});
