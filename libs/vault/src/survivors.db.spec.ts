import { type TenantId } from '@personr/kernel';
import { type KeyStoreVault } from './key-store.vault.js';
import { anInstruction, aSubject, type Kept, read, VaultFixture } from './vault.spec-helper.js';

const CREATORS = 4;
const CREATIONS = 25;
const SHREDDERS = 2;

describe('keys made while others are shredded', () => {
  let fixture: VaultFixture;
  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  afterAll(() => fixture.close());

  it('all open, and every shredded one is refused', async () => {
    const { tenantId } = await fixture.tenant();
    const processes = [fixture.process(), fixture.process(), fixture.process()];
    const made: Kept[] = [];
    const shredded = new Set<Kept>();
    let creating = CREATORS;

    const create = async (vault: KeyStoreVault, creator: number) => {
      for (let at = 0; at < CREATIONS; at += 1) {
        const kept = await aSubject(vault, tenantId, `${String(creator)}-${String(at)}`);
        expect(await read(vault, tenantId, kept)).toBe(`${String(creator)}-${String(at)}`);
        made.push(kept);
      }
      creating -= 1;
    };
    const shred = async (vault: KeyStoreVault) => {
      while (creating > 0) {
        const victim = made.find((kept) => !shredded.has(kept));
        if (victim) shredded.add(victim);
        const keyIds = victim?.keyIds ?? [];
        await vault.shred(tenantId, keyIds, anInstruction());
      }
    };
    const restart = async () => {
      const starting = fixture.process();
      while (creating > 0) await starting.onModuleInit();
    };

    await Promise.all([
      ...Array.from({ length: CREATORS }, (_, at) => create(processes[at % 3]!, at)),
      ...Array.from({ length: SHREDDERS }, (_, at) => shred(processes[at]!)),
      restart(),
    ]);

    expect(made).toHaveLength(CREATORS * CREATIONS);
    expect(shredded.size).toBeGreaterThan(SHREDDERS);
    await expectEach(fixture.process(), tenantId, made, shredded);
    expect(await fixture.keyring.list(tenantId)).toHaveLength(2);
  });

  async function expectEach(
    vault: KeyStoreVault,
    tenantId: TenantId,
    made: readonly Kept[],
    shredded: ReadonlySet<Kept>,
  ) {
    const outcomes = await Promise.all(
      made.map((kept) =>
        read(vault, tenantId, kept).then(
          () => 'read',
          (error: unknown) => (error as { code: string }).code,
        ),
      ),
    );
    const unreadable = made.filter((kept, at) => !shredded.has(kept) && outcomes[at] !== 'read');
    const revived = made.filter((kept, at) => shredded.has(kept) && outcomes[at] !== 'KEY_SHREDDED');
    expect({ unreadable: unreadable.length, revived: revived.length }).toEqual({ unreadable: 0, revived: 0 });
  }
});
