import { deepStrictEqual as same } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import {
  type Checkpoint,
  consistencyPath,
  type NoteSigner,
  openCheckpoint,
  parseCheckpoint,
  parseVkey,
  type ReceiptBody,
  receiptCommitment,
  verifyConsistency,
} from '@personr/proof';
import { aReceiptBody } from '@personr/proof/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, tempDirectory, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { AuditLog } from './audit-log.js';
import { DirectoryEvidence } from './directory.evidence.js';
import { ImportLog } from './import-log.js';
import { type LayoutPass, LayOutLogs } from './lay-out-logs.js';
import { LogReader } from './log-reader.js';
import { tileReader } from './log.repository.js';
import { LogTail } from './log-tail.js';
import { type LogSigner } from './log-signer.js';
import { type Outside } from './outside.js';
import { Sequencer } from './sequencer.js';
import { aLogSigner, expectEvidenceIntact, expectLogIntact, type IntactLog } from './testing.js';

const audit = new AuditLog();

/** A log of a tenant of its own. */
export type TestLog = { readonly tenantId: TenantId; readonly origin: string };

/** A closing that was logged, and the receipt that its entry commits to. */
export type Closed = {
  readonly entryId: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly body: ReceiptBody;
};

/** Signs as another does, and keeps every checkpoint that was ever signed. */
export class Witness {
  readonly signed: Checkpoint[] = [];
  private readonly signer = aLogSigner();

  vkey(origin: string): string {
    return this.signer.vkey(origin);
  }

  verifiersOf(origin: string) {
    return this.signer.verifiersOf(origin);
  }

  keys() {
    return this.signer.keys();
  }

  signersOf(origin: string): NoteSigner[] {
    const signer = this.signer.forOrigin(origin);
    const sign = (text: Uint8Array) => {
      this.signed.push(parseCheckpoint(new TextDecoder().decode(text)));
      return signer.sign(text);
    };
    return [{ ...signer, sign }];
  }
}

/** Data database, key store, evidence store, and as many "processes" over them as a spec starts. */
export class LogBench {
  readonly clock = new SettableClock();
  readonly witness = new Witness();
  readonly directory = tempDirectory('evidence');
  readonly outside: Outside;

  private constructor(
    readonly databases: TestDatabases,
    readonly tenancy: Tenancy,
    private readonly opened: TestVault,
    readonly owner: pg.Client,
  ) {
    this.outside = { heads: opened.heads, evidence: new DirectoryEvidence(this.directory) };
  }

  static async open(): Promise<LogBench> {
    const databases = await createTestDatabases();
    const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock: new SettableClock() });
    const owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    return new LogBench(databases, openTenancy(databases), opened, owner);
  }

  async close(): Promise<void> {
    await this.tenancy.close();
    await this.opened.close();
    await this.owner.end();
    await this.databases.drop();
  }

  async log(): Promise<TestLog> {
    const tenantId = await aTenant(this.tenancy);
    const origin = `personr.example/log/${tenantId}`;
    await this.tenancy.forTenant(tenantId, (tx) => audit.open(tx, { origin, at: this.clock.now() }));
    return { tenantId, origin };
  }

  sequencer(outside = this.outside, tenancy = this.tenancy): Sequencer {
    return new Sequencer(tenancy, this.clock, this.witness as unknown as LogSigner, outside);
  }

  importer(outside = this.outside): ImportLog {
    return new ImportLog(this.tenancy, this.clock, this.witness as unknown as LogSigner, outside);
  }

  get tail(): LogTail {
    return new LogTail(this.tenancy, this.outside);
  }

  /** Commits acts, each with an entry. Returns the entries' ids. */
  append({ tenantId }: TestLog, count: number): Promise<string[]> {
    const events = Array.from({ length: count }, (_, at) => ({
      event: 'test.happened',
      at: this.clock.now(),
      actor: { kind: 'SYSTEM' } as const,
      detail: { at },
    }));
    return this.tenancy.forTenant(tenantId, (tx) => audit.appendAll(tx, events));
  }

  /** Closes an instruction, as far as the log sees it. */
  async closeOne({ tenantId }: TestLog): Promise<Closed> {
    const instructionId = newId<'instruction'>(this.clock.now());
    const body = aReceiptBody({ tenantId, instructionId });
    const salt = Uint8Array.from(createHash('sha256').update(instructionId).digest());
    const event = {
      event: 'instruction.closed',
      at: this.clock.now(),
      actor: { kind: 'SYSTEM' } as const,
      instructionId,
      subjectRef: body.subjectRef as never,
      commitment: receiptCommitment(salt, body),
      opening: { salt, body: JSON.stringify(body) },
    };
    const entryId = await this.tenancy.forTenant(tenantId, (tx) => audit.append(tx, event));
    return { entryId, salt, body };
  }

  /** Lays out whatever was signed, of any log. */
  layOut(outside = this.outside, tenancy = this.tenancy): Promise<LayoutPass> {
    return new LayOutLogs(tenancy, outside).run();
  }

  /** What a worker does for a log: sequences it and lays out what was signed. */
  async work({ tenantId }: TestLog, outside = this.outside, tenancy = this.tenancy): Promise<void> {
    await this.sequencer(outside, tenancy).run(tenantId);
    await this.layOut(outside, tenancy);
  }

  /** Sequences until nothing waits, and lays out what was signed. */
  async drain({ tenantId }: TestLog): Promise<void> {
    while ((await this.sequencer().run(tenantId)) > 0);
    const { errors } = await this.layOut();
    if (errors.has(tenantId)) throw errors.get(tenantId);
  }

  intact({ tenantId, origin }: TestLog): Promise<IntactLog> {
    return expectLogIntact(this.tenancy, tenantId, this.witness.vkey(origin));
  }

  /**
   * Fails unless the evidence store holds this log, as `expectEvidenceIntact` says, and two trees were signed for no size.
   * Returns the checkpoint's size.
   */
  async expectEvidence(log: TestLog): Promise<number> {
    const { tenantId, origin } = log;
    const entries = expectEvidenceIntact(this.directory, { origin, vkey: this.witness.vkey(origin) });
    const { entries: rows } = await this.intact(log);
    same(
      entries.map(({ id }) => id),
      rows.slice(0, entries.length).map(({ id }) => id),
      tenantId,
    );
    const roots = new Map<number, string>();
    for (const signed of this.witness.signed.filter((checkpoint) => checkpoint.origin === origin)) {
      const root = Buffer.from(signed.root).toString('hex');
      same(roots.get(signed.size) ?? root, root, `one tree of size ${String(signed.size)}`);
      roots.set(signed.size, root);
    }
    for (const [size, root] of roots) {
      const path = await this.tenancy.forTenant(tenantId, (tx) =>
        consistencyPath(size, rows.length, tileReader(tx)),
      );
      const { root: now } = await this.checkpoint(log);
      verifyConsistency({ oldSize: size, newSize: rows.length, path }, Buffer.from(root, 'hex'), now);
    }
    return entries.length;
  }

  /** The newest checkpoint in the data database. */
  checkpoint({ tenantId, origin }: TestLog): Promise<Checkpoint> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const note = (await new LogReader().checkpoint(tx))!;
      return openCheckpoint(note, [parseVkey(this.witness.vkey(origin))]);
    });
  }
}

/** Every file below a directory. */
export const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
