import { Readable } from 'node:stream';
import { AuditLog, type Caller, Sequencer } from '@personr/audit';
import { aLogSigner, anEvidenceStore, expectLogIntact, type IntactLog } from '@personr/audit/testing';
import {
  type Acknowledgement,
  EndHold,
  type InstructionView,
  type LeavingOrder,
  type NewInstruction,
  PlaceHold,
} from '@personr/instruction';
import { aLeaving, anInstruction, instructionsOver } from '@personr/instruction/testing';
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
import { type Stores, subjectPrefix } from '@personr/stores';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { type HoldId, type NewHold, type NewSubject } from '@personr/subjects';
import { aNewSubject } from '@personr/subjects/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type Vault } from '@personr/vault';
import { type WorkKind } from '@personr/work';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { executionOver } from './testing.js';
import { type ExecutionOptions } from './execution.options.js';
import { type RunExecution } from './run-execution.js';

/** What a worker is built on; each part may be a faulty one. */
export type Parts = { readonly tenancy: Tenancy; readonly vault: Vault; readonly stores: Stores };

/** A subject that is held and an instruction about it that is due. */
export type Case = {
  readonly externalId: string;
  readonly subjectId: SubjectId;
  readonly instructionId: InstructionId;
  readonly workId: WorkId;
};

/** An instruction that is due. */
export type Leaving = Pick<Case, 'instructionId' | 'workId'>;

/** Who sends instructions: the tenant's API client. */
export type Sender = Caller & { clientId: ApiClientId };

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
    return new Bench(databases, tenancy, opened, owner, clock, await aSender(tenancy, opened, clock));
  }

  /** The same bench for another tenant. It is closed with this one. */
  async another(): Promise<Bench> {
    const { databases, tenancy, opened, owner, clock } = this;
    return new Bench(databases, tenancy, opened, owner, clock, await aSender(tenancy, opened, clock));
  }

  /** Sends the order to erase everything. */
  async leave(changes: Partial<LeavingOrder> = {}): Promise<Leaving> {
    const { view } = await this.room.leave.run(this.bank, aLeaving(changes), null);
    const instructionId = view.instruction.id;
    return { instructionId, workId: await this.workOf(instructionId) };
  }

  get parts(): Parts {
    return { tenancy: this.tenancy, vault: this.opened.vault, stores: houseStores(OBJECTS) };
  }

  get holds() {
    return this.opened.holds;
  }

  /** Says that what was returned has arrived. */
  acknowledge(acknowledgement: Acknowledgement): Promise<void> {
    return this.room.acknowledge.run(this.bank, acknowledgement);
  }

  /** Places a hold on a subject. */
  async hold(subjectId: SubjectId, hold: Pick<NewHold, 'ground' | 'elements'>): Promise<HoldId> {
    const more = { citation: '31 CFR 1020.220(a)(3)', endsAt: null, reviewAt: null };
    const reviewAt = new Date(this.clock.now().getTime() + 90 * 86_400_000);
    const place = new PlaceHold(this.subjects.inventory, this.holds, new AuditLog(), this.clock);
    const whole = { subjectId, ...more, reviewAt, ...hold };
    const { id } = await this.within((tx) => place.run(tx, this.bank, { hold: whole, instruction: null }));
    return id;
  }

  /** Releases it. */
  async release(id: HoldId): Promise<void> {
    const end = new EndHold(this.tenancy, this.holds, new AuditLog(), this.clock);
    await end.release(this.bank, { id, reason: 'GROUND_ENDED' });
  }

  /** The work that is due about this thing. */
  async workOf(referenceId: string, kind?: WorkKind): Promise<WorkId> {
    const where = { referenceId, ...(kind === undefined ? {} : { kind }) };
    const work = await this.within((tx) => tx.work.findFirstOrThrow({ where }));
    return work.id as WorkId;
  }

  get subjects() {
    return this.room.subjects;
  }

  /** A worker; parts that are not given are sound. It takes up to `batchSize` instructions at a time. */
  worker(faulty: Partial<Parts> = {}, batchSize = 1, more: Partial<ExecutionOptions> = {}): RunExecution {
    const parts = { ...this.parts, ...faulty };
    return executionOver(
      { ...parts, holds: this.opened.holds, clock: this.clock, objects: OBJECTS, signer: this.signer },
      { leaseSeconds: LEASE_SECONDS, batchSize, ...more },
    );
  }

  run(worker: RunExecution, { workId }: Leaving): Promise<boolean> {
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

  view({ instructionId }: Leaving): Promise<InstructionView> {
    return this.room.find.byId(this.bank.tenantId, instructionId);
  }

  /** Sequences all that waits, and checks the whole log. */
  async log(): Promise<IntactLog> {
    while ((await this.sequencer.run(this.bank.tenantId)) > 0);
    return expectLogIntact(this.tenancy, this.bank.tenantId, this.signer.vkey(ORIGIN));
  }

  /** The names of the instruction's entries, in the order of the log: as they were written, but within a millisecond. */
  async story({ instructionId }: Leaving): Promise<string[]> {
    const { entries } = await this.log();
    return entries.filter((entry) => entry.instructionId === instructionId).map(({ event }) => event);
  }

  /** The receipt, verified as an outsider would. */
  async receipt({ instructionId }: Leaving): Promise<ReceiptVerdict> {
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

/** A new tenant's API client. */
async function aSender(tenancy: Tenancy, { vault }: TestVault, clock: TickingClock): Promise<Sender> {
  const tenantId = await aTenant(tenancy, clock.now());
  await vault.openTenant(tenantId);
  await tenancy.forTenant(tenantId, (tx) => new AuditLog().open(tx, { origin: ORIGIN, at: clock.now() }));
  const clientId: ApiClientId = newId(clock.now());
  return { tenantId, clientId, actor: { kind: 'API_CLIENT', id: clientId } };
}

/** The object store of every worker here: whoever dies, it stays. */
export const OBJECTS = anObjectStore();

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
