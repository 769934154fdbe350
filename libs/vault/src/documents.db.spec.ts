import { randomBytes } from 'node:crypto';
import { type KeyId, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { type KeyStoreVault } from './key-store.vault.js';
import { anInstruction, VaultFixture } from './vault.spec-helper.js';

type Kept = {
  readonly keyId: KeyId;
  readonly binding: string[];
  readonly noncePrefix: Uint8Array;
  readonly chunks: Buffer[];
};

describe('a document', () => {
  let fixture: VaultFixture;
  let vault: KeyStoreVault;
  let tenantId: TenantId;
  let subjectId: SubjectId;
  const plain = [randomBytes(1000), randomBytes(1000), randomBytes(17)];

  beforeAll(async () => {
    fixture = await VaultFixture.open();
    ({ vault, tenantId } = await fixture.tenant());
  });
  beforeEach(() => {
    subjectId = newId(new Date());
  });
  afterAll(() => fixture.close());

  const keyFor = async (label: string): Promise<KeyId> =>
    (await vault.keysFor(tenantId, subjectId, [label])).get(label)!;

  const keep = async (label: string, parts = plain): Promise<Kept> => {
    const keyId = await keyFor(label);
    const binding = [subjectId, label];
    const sealer = vault.sealer(tenantId, { keyId, binding });
    const chunks: Buffer[] = [];
    for (const [at, part] of parts.entries()) {
      chunks.push(Buffer.from(await sealer.seal(part, at === parts.length - 1)));
    }
    return { keyId, binding, noncePrefix: sealer.noncePrefix, chunks };
  };

  const open = async (kept: Kept, chunks = kept.chunks, by = vault): Promise<Buffer> => {
    const opener = by.opener(tenantId, kept);
    const opened: Uint8Array[] = [];
    for (const [index, sealed] of chunks.entries()) {
      opened.push(await opener.open({ index, isLast: index === chunks.length - 1, sealed }));
    }
    return Buffer.concat(opened);
  };

  const broken = { code: 'SEAL_BROKEN' };

  it('opens to what was sealed, in another process, and any chunk of it alone', async () => {
    const kept = await keep('document:a');
    expect((await open(kept, kept.chunks, fixture.process())).equals(Buffer.concat(plain))).toBe(true);
    const middle = await vault
      .opener(tenantId, kept)
      .open({ index: 1, isLast: false, sealed: kept.chunks[1]! });
    expect(Buffer.from(middle).equals(plain[1]!)).toBe(true);
  });

  it('does not open cut, added to, in another order, or with a chunk twice', async () => {
    const kept = await keep('document:a');
    const [one, two, three] = kept.chunks as [Buffer, Buffer, Buffer];
    for (const chunks of [
      [one, two],
      [one],
      [one, two, three, three],
      [two, one, three],
      [one, one, three],
      [one, three],
      [one, two.subarray(0, -1), three],
    ]) {
      await expect(open(kept, chunks)).rejects.toMatchObject(broken);
    }
  });

  it('does not open with a part of another document, or as another', async () => {
    const [mine, other] = [await keep('document:a'), await keep('document:b')];
    const mixed = [mine.chunks[0]!, other.chunks[1]!, mine.chunks[2]!];
    await expect(open(mine, mixed)).rejects.toMatchObject(broken);
    await expect(open({ ...mine, keyId: other.keyId })).rejects.toMatchObject(broken);
    await expect(open({ ...mine, binding: other.binding })).rejects.toMatchObject(broken);
    await expect(open({ ...mine, noncePrefix: other.noncePrefix })).rejects.toMatchObject(broken);
    const { tenantId: stranger } = await fixture.tenant();
    const theirs = vault.opener(stranger, mine);
    await expect(theirs.open({ index: 0, isLast: false, sealed: mine.chunks[0]! })).rejects.toMatchObject({
      code: 'KEY_SHREDDED',
    });
  });

  it('R-60: under way, takes no chunk more once its key is shredded, and what was sealed does not open', async () => {
    const keyId = await keyFor('document:a');
    const sealer = vault.sealer(tenantId, { keyId, binding: [] });
    const first = Buffer.from(await sealer.seal(plain[0]!, false));
    await vault.shred(tenantId, [keyId], anInstruction());
    await expect(sealer.seal(plain[1]!, true)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
    const opener = vault.opener(tenantId, { keyId, binding: [], noncePrefix: sealer.noncePrefix });
    await expect(opener.open({ index: 0, isLast: false, sealed: first })).rejects.toMatchObject({
      code: 'KEY_SHREDDED',
    });
  });

  it("opens after another document's key is shredded", async () => {
    const [kept, gone] = [await keep('document:a'), await keep('document:b')];
    await vault.shred(tenantId, [gone.keyId], anInstruction());
    expect((await open(kept)).equals(Buffer.concat(plain))).toBe(true);
  });

  it('leaves a sealed chunk as it is while the next is sealed', async () => {
    const sealer = vault.sealer(tenantId, { keyId: await keyFor('document:a'), binding: [] });
    const parts = [randomBytes(1000), randomBytes(1000), randomBytes(1000), randomBytes(17)];
    let before: { live: Uint8Array; copy: Buffer } | undefined;
    for (const [at, part] of parts.entries()) {
      const live = await sealer.seal(part, at === parts.length - 1);
      if (before !== undefined) expect(before.copy.equals(before.live)).toBe(true);
      before = { live, copy: Buffer.from(live) };
    }
  });

  it('takes nothing after its last chunk', async () => {
    const sealer = vault.sealer(tenantId, { keyId: await keyFor('document:a'), binding: [] });
    await sealer.seal(plain[0]!, true);
    await expect(sealer.seal(plain[1]!, true)).rejects.toThrow('the document has ended');
  });
});
