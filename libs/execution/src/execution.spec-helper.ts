import { Readable } from 'node:stream';
import { AuditLog, type Caller, Sequencer } from '@personr/audit';
import { aLogSigner, anEvidenceStore, expectLogIntact, type IntactLog } from '@personr/audit/testing';
import { type InstructionView, type NewInstruction } from '@personr/instruction';
import { anInstruction, instructionsOver } from '@personr/instruction/testing';
import {
  type ApiClientId,
  type DocumentId,
  type InstructionId,
  newId,
  type SubjectId,
  type WorkId,
} from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { type ElementCode } from '@personr/law';
import { verifyReceipt, type ReceiptVerdict } from '@personr/proof';
import { type RecordStore, type Scope, type Store, Stores, subjectPrefix } from '@personr/stores';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { type NewSubject } from '@personr/subjects';
import { aNewSubject } from '@personr/subjects/testing';
import { openTenancy, Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type Vault } from '@personr/vault';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { CloseInstruction } from './close-instruction.js';
import { EraseSubject } from './erase-subject.js';
import { RunExecution } from './run-execution.js';
import { RunStep } from './run-step.js';

/** What a worker is built on; each part may be a faulty one. */
export type Parts = { readonly tenancy: Tenancy; readonly vault: Vault; readonly stores: Stores };

/** A subject that is held and an instruction about it that is due. */
export type Case = {
  readonly externalId: string;
  readonly subjectId: SubjectId;
  readonly instructionId: InstructionId;
  readonly workId: WorkId;
};

type Sender = Caller & { clientId: ApiClientId };

/** A clock that can be told to go on by a millisecond whenever somebody looks, so that no two entries are of one. */
export class TickingClock extends SettableClock {
  ticking = false;

  override now(): Date {
    if (this.ticking) this.advance(1);
    return super.now();
  }
}

/** Everything an execution needs but HTTP, Redis and Bull, for one tenant: `bank`. */
export class Bench {
  private readonly signer = aLogSigner();
  private readonly sequencer: Sequencer;
  private readonly room: ReturnType<typeof instructionsOver>;
  private cases = 0;

  private constructor(
    private readonly databases: TestDatabases,
    readonly tenancy: Tenancy,
    private readonly opened: TestVault,
    readonly owner: pg.Client,
    readonly clock: TickingClock,
    readonly bank: Sender,
  ) {
    const { vault, heads } = opened;
    const outside = { heads, evidence: anEvidenceStore() };
    this.sequencer = new Sequencer(tenancy, this.clock, this.signer, outside);
    this.room = instructionsOver({ tenancy, vault, clock: this.clock, objects: OBJECTS });
  }

  static async open(): Promise<Bench> {
    const databases = await createTestDatabases();
    const tenancy = openTenancy(databases);
    const clock = new TickingClock('2026-11-24T18:00:00.000Z');
    const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    const owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    await tenancy.forTenant(tenantId, (tx) => new AuditLog().open(tx, { origin: ORIGIN, at: clock.now() }));
    const clientId: ApiClientId = newId(clock.now());
    const bank: Sender = { tenantId, clientId, actor: { kind: 'API_CLIENT', id: clientId } };
    return new Bench(databases, tenancy, opened, owner, clock, bank);
  }

  get parts(): Parts {
    return { tenancy: this.tenancy, vault: this.opened.vault, stores: houseStores(OBJECTS) };
  }

  get subjects() {
    return this.room.subjects;
  }

  /** A worker; parts that are not given are sound. */
  worker(faulty: Partial<Parts> = {}): RunExecution {
    const { tenancy, vault, stores } = { ...this.parts, ...faulty };
    const audit = new AuditLog();
    const steps = new RunStep(tenancy, this.clock);
    const erase = new EraseSubject(steps, tenancy, vault, stores, audit, this.clock);
    const close = new CloseInstruction(tenancy, vault, audit, this.clock);
    return new RunExecution(tenancy, erase, close, this.clock, { leaseSeconds: LEASE_SECONDS });
  }

  run(worker: RunExecution, { workId }: Case): Promise<boolean> {
    return worker.run(this.bank.tenantId, workId);
  }

  async admit(externalId: string, changes: Partial<NewSubject> = {}): Promise<SubjectId> {
    return (await this.subjects.admit.run(this.bank, aNewSubject(externalId, changes), null)).id;
  }

  /** Sends an instruction about a subject that is held. */
  async instruct(subjectId: SubjectId, changes: Partial<NewInstruction> = {}): Promise<Case> {
    const order = anInstruction({ subject: { by: 'ID', id: subjectId }, ...changes });
    const { view } = await this.room.accept.run(this.bank, order, null);
    const instructionId = view.instruction.id;
    const work = await this.within((tx) =>
      tx.work.findFirstOrThrow({ where: { referenceId: instructionId } }),
    );
    return { externalId: `cust-${this.cases}`, subjectId, instructionId, workId: work.id as WorkId };
  }

  /** Adds a document to a subject: a selfie, of some bytes. */
  async addDocument(subjectId: SubjectId, element: ElementCode = 'SELFIE'): Promise<DocumentId> {
    const about = { source: 'CONSUMER_DIRECT', purpose: 'IDENTITY_VERIFICATION' } as const;
    const document = { subjectId, element, ...about, collectedAt: this.clock.now(), mediaType: 'image/png' };
    const bytes = Readable.from([Buffer.from('the picture of a face')]);
    const body = { bytes, sizeBytes: null, sha256: null };
    const added = await this.subjects.addDocument.run(this.bank, { document, body, identity: null });
    return added.id;
  }

  /** A subject of its own, with four values and a document, and an instruction to erase it. */
  async aCase(changes: Partial<NewInstruction> = {}): Promise<Case> {
    this.clock.advance(1000);
    this.cases += 1;
    const subjectId = await this.admit(`cust-${this.cases}`);
    await this.addDocument(subjectId);
    return this.instruct(subjectId, changes);
  }

  /** Lets the lease of a worker that died run out, and what was given back become due. */
  waitForLease(): void {
    this.clock.advance(4 * LEASE_SECONDS * 1000);
  }

  within<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.tenancy.forTenant(this.bank.tenantId, work);
  }

  view({ instructionId }: Case): Promise<InstructionView> {
    return this.room.find.byId(this.bank.tenantId, instructionId);
  }

  /** Sequences all that waits, and checks the whole log. */
  async log(): Promise<IntactLog> {
    while ((await this.sequencer.run(this.bank.tenantId)) > 0);
    return expectLogIntact(this.tenancy, this.bank.tenantId, this.signer.vkey(ORIGIN));
  }

  /** The names of the instruction's entries, in the order of the log: as they were written, but within a millisecond. */
  async story({ instructionId }: Case): Promise<string[]> {
    const { entries } = await this.log();
    return entries.filter((entry) => entry.instructionId === instructionId).map(({ event }) => event);
  }

  /** The receipt, verified as an outsider would. */
  async receipt({ instructionId }: Case): Promise<ReceiptVerdict> {
    await this.log();
    const { receipt } = await this.room.receipts.run(this.bank.tenantId, instructionId);
    return verifyReceipt(JSON.stringify(receipt), [this.signer.vkey(ORIGIN)]);
  }

  /** What is left of a subject anywhere: rows, objects, keys, index entries. */
  async remains({ subjectId }: Case) {
    const { vault } = this.opened;
    const { tenantId } = this.bank;
    const { keys, indexEntries } = await vault.remaining(tenantId, subjectId);
    const { rows } = await this.owner.query<{ records: number; documents: number; subjects: number }>(
      `select (select count(*)::int from record where tenant_id = $1 and subject_id = $2) as records,
              (select count(*)::int from document where tenant_id = $1 and subject_id = $2) as documents,
              (select count(*)::int from subject where tenant_id = $1 and id = $2) as subjects`,
      [tenantId, subjectId],
    );
    const objects = await OBJECTS.remaining({ prefix: subjectPrefix(tenantId, subjectId) });
    return { ...rows[0]!, objects, keys, indexEntries };
  }

  async close(): Promise<void> {
    await this.tenancy.close();
    await this.opened.close();
    await this.owner.end();
    await this.databases.drop();
  }
}

/** The object store of every worker here: whoever dies, it stays. */
const OBJECTS = anObjectStore();

const ORIGIN = 'personr.example/log/bench';
const LEASE_SECONDS = 30;

/** Nothing is left. */
export const NOTHING = { records: 0, documents: 0, objects: 0, subjects: 0, keys: 0, indexEntries: 0 };

/** What a story of an erasure is, told once. */
export const STORY = [
  'instruction.accepted',
  'erasure.started',
  'subject-key.shredded',
  'erasure.verified',
  'instruction.closed',
];

/** The failure that a test provokes. */
export class Fault extends Error {}

/**
 * The doors of a process that dies at its n-th transaction: with it, before it could commit, or just after. Every
 * transaction that follows fails too, as for a process that is gone.
 */
export class DyingTenancy extends Tenancy {
  private transactions = 0;

  constructor(
    private readonly sound: Tenancy,
    private readonly death: { readonly at: number; readonly when: 'before the commit' | 'after the commit' },
  ) {
    super({} as never);
  }

  /** Whether the process came to its end before it died. */
  get survived(): boolean {
    return this.transactions < this.death.at;
  }

  override async forTenant<T>(tenantId: Sender['tenantId'], work: (tx: TenantTx) => Promise<T>): Promise<T> {
    this.transactions += 1;
    if (this.transactions > this.death.at) throw new Fault('dead');
    if (this.transactions < this.death.at) return this.sound.forTenant(tenantId, work);
    await this.sound.forTenant(tenantId, async (tx) => {
      await work(tx);
      if (this.death.when === 'before the commit') throw new Fault(this.death.when);
    });
    throw new Fault(this.death.when);
  }
}

/** The vault, with something that happens before or after one of its acts. */
export const vaultThat = (
  sound: Vault,
  happens: { before?: keyof Vault; after?: keyof Vault; what: () => unknown },
): Vault =>
  new Proxy(sound, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]) => {
        if (name === happens.before) await happens.what();
        const answer: unknown = await Reflect.apply(member, target, given);
        if (name === happens.after) await happens.what();
        return answer;
      };
    },
  });

/** The stores, with something that happens before or after one of their acts. */
export class StoresThat extends Stores {
  private readonly sound = houseStores(OBJECTS);
  readonly records: RecordStore;

  constructor(happens: {
    before?: 'erase' | 'remaining';
    after?: 'erase' | 'remaining';
    what: () => unknown;
  }) {
    super();
    const { records } = this.sound;
    const doing =
      (name: 'erase' | 'remaining') =>
      async (tx: TenantTx, scope: Scope): Promise<number> => {
        if (name === happens.before) await happens.what();
        const count = await records[name](tx, scope);
        if (name === happens.after) await happens.what();
        return count;
      };
    this.records = {
      name: records.name,
      write: (tx, sealed) => records.write(tx, sealed),
      read: (tx, scope) => records.read(tx, scope),
      inventory: (tx, scope) => records.inventory(tx, scope),
      erase: doing('erase'),
      remaining: doing('remaining'),
    };
  }

  all(): readonly Store[] {
    return this.sound.all().map((store) => (store === this.sound.records ? this.records : store));
  }
}
