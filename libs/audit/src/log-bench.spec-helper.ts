import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import {
  type Checkpoint,
  decodeBundle,
  type NoteSigner,
  openCheckpoint,
  parseCheckpoint,
  parseTilePath,
  parseVkey,
  type ReceiptBody,
  receiptCommitment,
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
import { LogTail } from './log-tail.js';
import { type LogSigner } from './log-signer.js';
import { type Outside, Sequencer } from './sequencer.js';
import { aLogSigner, expectLogIntact, type IntactLog } from './testing.js';

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

  verifierOf(origin: string) {
    return this.signer.verifierOf(origin);
  }

  forOrigin(origin: string): NoteSigner {
    const signer = this.signer.forOrigin(origin);
    const sign = (text: Uint8Array) => {
      this.signed.push(parseCheckpoint(new TextDecoder().decode(text)));
      return signer.sign(text);
    };
    return { ...signer, sign };
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

  /** Sequences until nothing waits. */
  async drain({ tenantId }: TestLog): Promise<void> {
    while ((await this.sequencer().run(tenantId)) > 0);
  }

  intact({ tenantId, origin }: TestLog): Promise<IntactLog> {
    return expectLogIntact(this.tenancy, tenantId, this.witness.vkey(origin));
  }

  /**
   * Fails unless the evidence store holds this log whole: every file of a bundle or tile that is there, of whatever width,
   * is what the entries in the database make, those that the checkpoint needs are there, and for no size two trees were
   * signed. Returns the size.
   */
  async expectEvidence(log: TestLog): Promise<number> {
    const entries = (await this.entriesOf(log)).map((entry) => Buffer.from(entry));
    const home = join(this.directory, log.origin);
    const note = readFileSync(join(home, 'checkpoint'), 'utf8');
    const checkpoint = openCheckpoint(note, [parseVkey(this.witness.vkey(log.origin))]);
    same(Buffer.from(checkpoint.root).toString('hex'), rootOf(entries.slice(0, checkpoint.size)));
    const leaves = entries.map((entry) => sha256(Buffer.of(0), entry));
    const paths = filesBelow(join(home, 'tile')).map((path) => relative(home, path));
    for (const path of paths) expectFile(path, readFileSync(join(home, path)), { entries, leaves });
    for (const needed of neededFor(checkpoint.size)) ok(paths.includes(needed), `${needed} is there`);
    for (const { origin, size, root } of this.witness.signed) {
      if (origin !== log.origin) continue;
      same(Buffer.from(root).toString('hex'), rootOf(entries.slice(0, size)), `one tree of size ${size}`);
    }
    return checkpoint.size;
  }

  private async entriesOf({ tenantId }: TestLog): Promise<Uint8Array[]> {
    const rows = await this.tenancy.forTenant(tenantId, (tx) =>
      tx.logEntry.findMany({ orderBy: { position: 'asc' } }),
    );
    return rows.map(({ entry }) => entry);
  }
}

type Tree = { readonly entries: readonly Buffer[]; readonly leaves: readonly Buffer[] };

function expectFile(path: string, bytes: Buffer, { entries, leaves }: Tree): void {
  const { level, index, width } = parseTilePath(path);
  const [start, end] = [index * 256, index * 256 + width];
  if (level === 'entries') {
    const bundle = decodeBundle(bytes).map((entry) => Buffer.from(entry).toString());
    same(bundle, entries.slice(start, end).map(String), path);
    return;
  }
  const span = 256 ** level;
  const hashes = Array.from({ length: width }, (_, at) =>
    hashOf(leaves.slice((start + at) * span, (start + at + 1) * span)),
  );
  ok(end * span <= leaves.length, `${path} is within the log`);
  same(bytes.toString('hex'), Buffer.concat(hashes).toString('hex'), path);
}

function* neededFor(size: number): Generator<string> {
  for (const [prefix, count] of [
    ['entries', size],
    ['0', size],
    ['1', Math.floor(size / 256)],
  ] as const) {
    for (let index = 0; index * 256 < count; index += 1) {
      const width = Math.min(256, count - index * 256);
      const place = String(index).padStart(3, '0');
      yield `tile/${prefix}/${place}${width === 256 ? '' : `.p/${width}`}`;
    }
  }
}

/** Every file below a directory. */
export const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

const rootOf = (entries: readonly Buffer[]): string =>
  hashOf(entries.map((entry) => sha256(Buffer.of(0), entry))).toString('hex');

/** MTH of RFC 6962, section 2.1, as it is written there. */
function hashOf(leaves: readonly Buffer[]): Buffer {
  const [only, another] = leaves;
  if (only === undefined) return sha256();
  if (another === undefined) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), hashOf(leaves.slice(0, split)), hashOf(leaves.slice(split)));
}
