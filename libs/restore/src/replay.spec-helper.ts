import { Readable } from 'node:stream';
import { AuditLog, ImportLog, LogTail, Sequencer } from '@personr/audit';
import { aLogSigner, anEvidenceStore } from '@personr/audit/testing';
import { type ExecutionOptions, replayEndings } from '@personr/execution';
import { executionOver } from '@personr/execution/testing';
import { EndHold, type LeavingOrder, type NewInstruction } from '@personr/instruction';
import { aLeaving, anInstruction, instructionsOver } from '@personr/instruction/testing';
import { type ApiClientId, type InstructionId, newId, type SubjectId, type WorkId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { aNewRecord, aNewSubject } from '@personr/subjects/testing';
import { openTenancy, Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { LastMoment, Tide } from '@personr/tide';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { Replay, type ReplayParts } from './replay.js';

/** The failure of a process that dies. */
export class Death extends Error {}

/** The doors of a process that dies at its n-th transaction of a tenant: before its commit, or just after. */
export class DyingTenancy extends Tenancy {
  private transactions = 0;

  constructor(
    private readonly sound: Tenancy,
    private readonly death: { readonly at: number; readonly committed: boolean },
  ) {
    super({} as never);
  }

  override async forTenant<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    this.transactions += 1;
    if (this.transactions > this.death.at) throw new Death();
    const result = await this.sound.forTenant(tenantId as never, async (tx) => {
      const done = await work(tx);
      if (this.transactions === this.death.at && !this.death.committed) throw new Death();
      return done;
    });
    if (this.transactions === this.death.at) throw new Death();
    return result;
  }

  override forRelay: Tenancy['forRelay'] = (work) => this.sound.forRelay(work);
  override forDirectory: Tenancy['forDirectory'] = (work) => this.sound.forDirectory(work);
}

const ORIGIN = 'personr.example/log/replay';

/** One tenant's house without HTTP, Redis and Bull, whose data database can go back to an earlier time. */
export class ReplayFixture {
  readonly clock = new SettableClock('2026-11-24T18:00:00.000Z');
  readonly objects = anObjectStore();
  readonly signer = aLogSigner();
  readonly stores = houseStores(this.objects);
  private readonly evidence = anEvidenceStore();
  tenancy!: Tenancy;
  tide!: Tide;

  private constructor(
    readonly databases: TestDatabases,
    readonly opened: TestVault,
    readonly bank: {
      readonly tenantId: never;
      readonly clientId: ApiClientId;
      readonly actor: { readonly kind: 'API_CLIENT'; readonly id: ApiClientId };
    },
  ) {
    this.connect();
  }

  static async open(): Promise<ReplayFixture> {
    const databases = await createTestDatabases();
    const clock = new SettableClock('2026-11-24T18:00:00.000Z');
    const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    const tenancy = openTenancy(databases);
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    await tenancy.forTenant(tenantId, (tx) => new AuditLog().open(tx, { origin: ORIGIN, at: clock.now() }));
    await tenancy.close();
    const clientId: ApiClientId = newId(clock.now());
    const actor = { kind: 'API_CLIENT', id: clientId } as const;
    const fixture = new ReplayFixture(databases, opened, { tenantId: tenantId as never, clientId, actor });
    await fixture.tide.isOpen({ thoroughly: true });
    return fixture;
  }

  /** The parts of a replay; those that are given are faulty. */
  parts(changes: Partial<ReplayParts> = {}): ReplayParts {
    const { clock, signer, opened, stores, objects } = this;
    const tenancy = changes.tenancy ?? this.tenancy;
    const outside = { heads: opened.heads, evidence: this.evidence };
    const audit = new AuditLog();
    return {
      tenancy,
      clock,
      stores,
      objects,
      audit,
      replayEndings,
      tide: this.tide,
      vault: opened.vault,
      tail: new LogTail(tenancy, outside),
      importLog: new ImportLog(tenancy, clock, signer, outside),
      endHold: new EndHold(tenancy, opened.holds, audit, clock),
      intents: opened.intents,
      marks: opened.marks,
      holds: opened.holds,
      ...changes,
    };
  }

  replay(changes: Partial<ReplayParts> = {}) {
    return new Replay(this.parts(changes)).run();
  }

  private get rooms() {
    const { tenancy, opened, clock, objects } = this;
    return instructionsOver({ tenancy, vault: opened.vault, clock, objects, intents: opened.intents });
  }

  async admit(name: string): Promise<SubjectId> {
    this.clock.advance(1000);
    const { id } = await this.rooms.subjects.admit.run(this.bank, aNewSubject(name), null);
    const about = { source: 'CONSUMER_DIRECT', purpose: 'IDENTITY_VERIFICATION', element: 'SELFIE' } as const;
    const document = { subjectId: id, ...about, collectedAt: this.clock.now(), mediaType: 'image/png' };
    const body = { bytes: Readable.from([Buffer.from('a face')]), sizeBytes: null, sha256: null };
    await this.rooms.subjects.addDocument.run(this.bank, { document, body, identity: null });
    return id;
  }

  /** Says that what was returned has arrived. */
  async acknowledge(id: InstructionId): Promise<void> {
    this.clock.advance(1000);
    const { transfer } = await this.rooms.find.byId(this.bank.tenantId, id);
    const manifestSha256 = transfer?.manifestSha256 ?? 'none';
    await this.rooms.acknowledge.run(this.bank, { id, manifestSha256, receivedAt: this.clock.now() });
  }

  /** Adds a value. */
  async add(subjectId: SubjectId, value: string): Promise<void> {
    const records = [aNewRecord({ element: 'FULL_NAME', value })];
    await this.rooms.subjects.add.run(this.bank, { subjectId, records }, null);
  }

  async instruct(subjectId: SubjectId, changes: Partial<NewInstruction> = {}): Promise<InstructionId> {
    this.clock.advance(1000);
    const order = anInstruction({ subject: { by: 'ID', id: subjectId }, ...changes });
    return (await this.rooms.accept.run(this.bank, order, null)).view.instruction.id;
  }

  /** Sends the order to erase everything that the tenant has, unless changed. */
  async leave(changes: Partial<LeavingOrder> = {}): Promise<InstructionId> {
    this.clock.advance(1000);
    return (await this.rooms.leave.run(this.bank, aLeaving(changes), null)).view.instruction.id;
  }

  /** Carries an instruction out, or a turn of it, and gives all entries their places. */
  async carryOut(instructionId: InstructionId, turn: Partial<ExecutionOptions> = {}): Promise<void> {
    const { tenancy, opened, stores, clock } = this;
    const { objects, signer } = this;
    const parts = { tenancy, vault: opened.vault, holds: opened.holds, stores, clock, objects, signer };
    const { id } = await this.within((tx) =>
      tx.work.findFirstOrThrow({ where: { referenceId: instructionId, kind: 'EXECUTE_INSTRUCTION' } }),
    );
    const options = { leaseSeconds: 30, batchSize: 1, ...turn };
    await executionOver(parts, options).run(this.bank.tenantId, id as WorkId);
    await this.sequence();
  }

  async sequence(): Promise<void> {
    const outside = { heads: this.opened.heads, evidence: this.evidence };
    const sequencer = new Sequencer(this.tenancy, this.clock, this.signer, outside);
    while ((await sequencer.run(this.bank.tenantId)) > 0);
  }

  receipt(id: InstructionId) {
    return this.rooms.receipts.run(this.bank.tenantId, id);
  }

  read(subjectId: SubjectId) {
    return this.rooms.subjects.read.run(this.bank, { subjectId, purpose: 'IDENTITY_VERIFICATION' });
  }

  within<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.tenancy.forTenant(this.bank.tenantId, work);
  }

  /** Asks the data database as its owner. */
  async ask<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.databases.ownerUrl });
    await client.connect();
    const { rows } = await client.query<Row>(sql, values);
    await client.end();
    return rows;
  }

  private get name(): string {
    return new URL(this.databases.ownerUrl).pathname.slice(1);
  }

  /** Keeps a copy of the data database as it is. */
  keep(label: string): Promise<void> {
    return this.copy(this.name, `${this.name}_${label}`);
  }

  /** Puts the copy in place of the data database. */
  goBack(label: string): Promise<void> {
    return this.copy(`${this.name}_${label}`, this.name);
  }

  async close(labels: readonly string[] = []): Promise<void> {
    await this.tenancy.close();
    await this.opened.close();
    for (const label of labels)
      await this.atServer(`drop database if exists ${this.name}_${label} with (force)`);
    await this.databases.drop();
  }

  private async copy(from: string, to: string): Promise<void> {
    await this.tenancy.close();
    await this.atServer(`drop database if exists ${to} with (force)`);
    await this.atServer(`create database ${to} template ${from}`);
    this.connect();
  }

  private connect(): void {
    this.tenancy = openTenancy(this.databases);
    this.tide = this.tideOf(this.opened);
  }

  /** The tide between this data and a key store. */
  tideOf({ heads, holds, tide, vault }: TestVault): Tide {
    const lastMoment = new LastMoment(this.tenancy, heads, holds);
    return new Tide(this.tenancy, tide, vault, lastMoment, this.clock);
  }

  private async atServer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: new URL('/postgres', this.databases.ownerUrl).href });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
}
