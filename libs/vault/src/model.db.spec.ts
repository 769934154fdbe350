import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { type KeyId, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { Fault, type FaultAt, FaultyKeyring } from './faults.spec-helper.js';
import { type KeyStoreVault } from './key-store.vault.js';
import { anInstruction, bytes, type Copy, VaultFixture } from './vault.spec-helper.js';

const LABELS = ['name', 'scan', 'face'];
const RUNS = 12;
const COMMANDS = 25;

/** A value as somebody who only listens would remember it. `doomed` ones are being shredded by an instruction that has not ended. */
type Remembered = {
  readonly subjectId: SubjectId;
  readonly externalId: string;
  readonly keyId: KeyId;
  readonly label: string;
  readonly sealed: Uint8Array;
  state: 'living' | 'doomed' | 'gone';
};

/** The oracle: what was put in, and what was ordered to go. It knows nothing of trees. */
type Oracle = {
  readonly values: Remembered[];
  unfinished: { reason: ReturnType<typeof anInstruction>; values: Remembered[] } | null;
  admitted: number;
};

/** The real thing: processes over one key store and keyring, and every copy that was ever taken of either. */
class House {
  vault: KeyStoreVault;
  readonly copies: Copy[] = [];
  private stale: { path: string; file: Buffer } | null = null;

  private constructor(
    readonly fixture: VaultFixture,
    readonly tenantId: TenantId,
    vault: KeyStoreVault,
  ) {
    this.vault = vault;
  }

  static async build(fixture: VaultFixture): Promise<House> {
    const { vault, tenantId } = await fixture.tenant();
    return new House(fixture, tenantId, vault);
  }

  async restart(): Promise<void> {
    this.vault = this.fixture.process();
    await this.vault.onModuleInit();
  }

  async copy(): Promise<void> {
    this.copies.push(await this.fixture.copy(this.tenantId));
  }

  /** Keeps what one replica holds now, or puts back what was kept: as a disk that was away and returns. */
  async reattach(): Promise<void> {
    const home = join(this.fixture.directories[1], this.tenantId);
    if (this.stale !== null) {
      await writeFile(this.stale.path, this.stale.file, { mode: 0o600 });
      this.stale = null;
      return;
    }
    const { rootId } = await this.fixture.root(this.tenantId);
    const path = join(home, rootId);
    this.stale = { path, file: await readFile(path) };
  }

  /** One replica loses all that it has of the tenant. */
  async loseReplica(): Promise<void> {
    const home = join(this.fixture.directories[0], this.tenantId);
    for (const name of await readdir(home)) await rm(join(home, name));
    await mkdir(home, { recursive: true, mode: 0o700 });
  }
}

type Step = fc.AsyncCommand<Oracle, House>;

const always = () => true;

const isLiving = ({ state }: Remembered) => state === 'living';

function command(name: string, run: (oracle: Oracle, house: House) => Promise<void>, check = always): Step {
  return { check, run, toString: () => name };
}

const admit = (count: number): Step =>
  command(`admit ${String(count)}`, async (oracle, { vault, tenantId }) => {
    const names = Array.from({ length: count }, (_, at) => `ext-${String(oracle.admitted + at)}`);
    oracle.admitted += count;
    const admitted = await vault.admitAll(
      tenantId,
      names.map((value) => ({
        candidate: newId<'subject'>(new Date()),
        identities: [{ type: 'EXTERNAL_ID', value } as const],
        labels: LABELS,
        seal: () =>
          LABELS.map((label) => ({ label, binding: [label], plaintext: bytes(`${value} ${label}`) })),
      })),
    );
    admitted.forEach(({ subjectId, keys, sealed }, at) => {
      sealed.forEach((each, place) => {
        const externalId = names[at]!;
        oracle.values.push({ subjectId, externalId, label: LABELS[place]!, ...each, state: 'living' });
      });
      const keyId = keys.get('EXTERNAL_ID')!;
      const hidden = { subjectId, externalId: names[at]!, keyId, label: '', sealed: new Uint8Array(0) };
      oracle.values.push({ ...hidden, state: 'living' });
    });
  });

/** The values of one subject: all of them, or those of one label. */
function targets({ values }: Oracle, pick: number, label: string | null): Remembered[] {
  const subjects = [...new Set(values.filter(isLiving).map(({ subjectId }) => subjectId))];
  const subject = subjects[pick % Math.max(subjects.length, 1)];
  return values.filter(
    (value) => isLiving(value) && value.subjectId === subject && (label === null || value.label === label),
  );
}

const keyIdsOf = (values: readonly Remembered[]) => values.map(({ keyId }) => keyId);

const shred = (pick: number, label: string | null): Step =>
  command(`shred ${label ?? 'all'} of ${String(pick)}`, async (oracle, { vault, tenantId }) => {
    const values = targets(oracle, pick, label);
    const done = await vault.shred(tenantId, keyIdsOf(values), anInstruction());
    expect(done.keysShredded).toBe(values.length);
    for (const value of values) value.state = 'gone';
  });

const crash = (pick: number, at: FaultAt): Step =>
  command(`crash ${at} shredding ${String(pick)}`, async (oracle, { fixture, tenantId }) => {
    const values = targets(oracle, pick, null);
    if (values.length === 0 || oracle.unfinished !== null) return;
    const reason = anInstruction();
    const dying = fixture.process({ keyring: new FaultyKeyring(fixture.keyring, at) });
    await expect(dying.shred(tenantId, keyIdsOf(values), reason)).rejects.toThrow(Fault);
    for (const value of values) value.state = 'doomed';
    oracle.unfinished = { reason, values };
  });

const finish: Step = command('finish', async (oracle, { vault, tenantId }) => {
  if (oracle.unfinished === null) return;
  const { reason, values } = oracle.unfinished;
  const done = await vault.shred(tenantId, keyIdsOf(values), reason);
  expect(done.keysShredded).toBe(values.length);
  for (const value of values) value.state = 'gone';
  oracle.unfinished = null;
});

const others: readonly Step[] = [
  command('copy', (_, house) => house.copy()),
  command('restart', (_, house) => house.restart()),
  command('reattach', (_, house) => house.reattach()),
  command('lose a replica', async (_, house) => {
    await house.loseReplica();
    await house.restart();
  }),
  command('renew the index', async (oracle, { vault, tenantId }) => {
    await vault.renewIndex(tenantId);
    expect(oracle.admitted).toBeGreaterThanOrEqual(0);
  }),
  command('sweep', async (_, { vault, tenantId }) => {
    await vault.sweep(tenantId);
  }),
  finish,
];

const anyStep: fc.Arbitrary<Step>[] = [
  fc.integer({ min: 1, max: 40 }).map(admit),
  fc.tuple(fc.nat(50), fc.constantFrom(null, ...LABELS)).map(([pick, label]) => shred(pick, label)),
  fc.nat(50).map((pick) => shred(pick, null)),
  fc
    .tuple(
      fc.nat(50),
      fc.constantFrom<FaultAt[]>('before prepare', 'after prepare', 'before destroy', 'after destroy'),
    )
    .map(([pick, at]) => crash(pick, at)),
  ...others.map((step) => fc.constant(step)),
];

describe('the vault against an oracle that knows nothing of trees', () => {
  let fixture: VaultFixture;
  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  afterAll(() => fixture.close());

  it('R-61: whatever happens in whatever order, what lives opens, and of the rest no copy gives anything', async () => {
    let gone = 0;
    await fc.assert(
      fc.asyncProperty(fc.commands(anyStep, { maxCommands: COMMANDS, size: 'max' }), async (steps) => {
        const house = await House.build(fixture);
        const oracle: Oracle = { values: [], unfinished: null, admitted: 0 };
        await fc.asyncModelRun(() => ({ model: oracle, real: house }), steps);
        await finish.run(oracle, house);
        await house.vault.sweep(house.tenantId);
        await house.copy();
        await expectAgreement(oracle, house);
        gone += oracle.values.filter(({ state }) => state === 'gone').length;
      }),
      { numRuns: RUNS },
    );
    expect(gone).toBeGreaterThan(0);
  });

  async function expectAgreement({ values }: Oracle, { vault, tenantId, copies }: House): Promise<void> {
    const living = values.filter(isLiving);
    const shown = living.filter(({ label }) => label !== '');
    const opened = await vault.open(
      tenantId,
      shown.map(({ keyId, label, sealed }) => ({ keyId, binding: [label], sealed })),
    );
    expect(opened.map((plaintext) => Buffer.from(plaintext).toString())).toEqual(
      shown.map(({ externalId, label }) => `${externalId} ${label}`),
    );
    for (const { externalId, subjectId, state } of values.filter(({ label }) => label === '')) {
      const found = await vault.find(tenantId, { type: 'EXTERNAL_ID', value: externalId });
      expect(found).toEqual(state === 'living' ? [subjectId] : []);
    }
    const won = await fixture.attack(tenantId, copies);
    const subjectKeys = new Set(keyIdsOf(values));
    const wonOfSubjects = [...won].filter((keyId) => subjectKeys.has(keyId));
    expect(new Set(wonOfSubjects)).toEqual(new Set(keyIdsOf(living)));
  }
});
