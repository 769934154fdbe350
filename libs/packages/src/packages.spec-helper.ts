import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AuditLog, type Caller } from '@personr/audit';
import { aLogSigner } from '@personr/audit/testing';
import { type InstructionId, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { type ExportOrder } from '@personr/law';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { type NewRecord, type NewSubject } from '@personr/subjects';
import { aNewRecord, aNewSubject, subjectsOver } from '@personr/subjects/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, tempDirectory, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { type BuiltPackage } from './build-package.js';
import { type PackageOrder } from './package.js';
import { type Redactor } from './redactor.js';
import { packagesOver } from './testing.js';

const ORIGIN = 'personr.example/log/packages';

/** Values that Reg. 7024(d) forbids to give to a consumer, as a test plants them. */
export const FORBIDDEN = {
  SSN: '987-65-4329',
  DRIVERS_LICENSE_NUMBER: 'Y7654321',
  DOCUMENT_NUMBER: 'L898902C3',
  MRZ: 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  BANK_ACCOUNT_NUMBER: '000123456789',
  FACE_TEMPLATE: { vector: [0.123456, 0.654321] },
} as const;

/** A tenant with a room of packages, and people to pack. */
export class Bench {
  private orders = 0;
  readonly objectDirectory = tempDirectory('objects');
  readonly objects = anObjectStore(this.objectDirectory);
  readonly signer = aLogSigner();

  private constructor(
    private readonly databases: TestDatabases,
    readonly tenancy: Tenancy,
    readonly opened: TestVault,
    readonly clock: SettableClock,
    readonly bank: Caller,
  ) {}

  static async open(): Promise<Bench> {
    const databases = await createTestDatabases();
    const tenancy = openTenancy(databases);
    const clock = new SettableClock('2026-11-24T18:00:00.000Z');
    const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    await tenancy.forTenant(tenantId, (tx) => new AuditLog().open(tx, { origin: ORIGIN, at: clock.now() }));
    const bank: Caller = { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
    return new Bench(databases, tenancy, opened, clock, bank);
  }

  get subjects() {
    const { tenancy, clock, objects, opened } = this;
    return subjectsOver({ tenancy, clock, objects, vault: opened.vault });
  }

  room(parts: { redactor?: Redactor; objects?: Bench['objects'] } = {}) {
    const { tenancy, clock, objects, opened, signer } = this;
    const stores = houseStores(objects);
    return packagesOver({ tenancy, clock, objects, signer, stores, vault: opened.vault, ...parts });
  }

  /** A person with a value of every forbidden kind, and some that may be given. */
  async aPerson(more: readonly NewRecord[] = [], changes: Partial<NewSubject> = {}): Promise<SubjectId> {
    this.clock.advance(1000);
    this.orders += 1;
    const forbidden = Object.entries(FORBIDDEN).map(([element, value]) =>
      aNewRecord({ element: element as NewRecord['element'], value }),
    );
    const records = [aNewRecord(), ...forbidden, ...more];
    const person = aNewSubject(`cust-${this.orders}`, { records, ...changes });
    return (await this.subjects.admit.run(this.bank, person, null)).id;
  }

  /** A person of whom a name is held. */
  async admitPlain(): Promise<SubjectId> {
    return this.aPerson([], { records: [aNewRecord()] });
  }

  async order(subjectId: SubjectId, answer: Partial<ExportOrder> = {}): Promise<PackageOrder> {
    const { subjectRef } = await this.within((tx) =>
      tx.subject.findFirstOrThrow({ where: { id: subjectId } }),
    );
    return {
      tenantId: this.bank.tenantId,
      instructionId: newId(this.clock.now()),
      type: 'EXPORT',
      subjectId,
      subjectRef: subjectRef as PackageOrder['subjectRef'],
      scopeElements: [],
      answer: { content: 'SPECIFIC_PIECES', audience: 'CONSUMER', collectedFrom: null, ...answer },
      receivedAt: this.clock.now(),
      policyVersion: '2026-11-23',
    };
  }

  within<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.tenancy.forTenant(this.bank.tenantId, work);
  }

  /** Makes what was built the package. */
  async release({ build, sealed, manifestSha256 }: BuiltPackage, days = 7): Promise<void> {
    const readyAt = this.clock.now();
    const expiresAt = new Date(readyAt.getTime() + days * 86_400_000);
    const { builds } = this.room();
    await this.within((tx) => builds.finish(tx, build, { ...sealed, manifestSha256, readyAt, expiresAt }));
  }

  /** Builds and releases a package, and takes it. */
  async packed(order: PackageOrder, parts: Parameters<Bench['room']>[0] = {}): Promise<Buffer> {
    await this.release(await this.room(parts).build.run(order, NO_BEAT));
    return this.taken(order.instructionId);
  }

  async taken(instructionId: InstructionId): Promise<Buffer> {
    const { bytes } = await this.room().read.run(this.bank, instructionId, () => null);
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }

  /** Does something as the owner of the data database. */
  async owner(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.databases.ownerUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  async close(): Promise<void> {
    await this.tenancy.close();
    await this.opened.close();
    await this.databases.drop();
  }
}

export const NO_BEAT = (): Promise<void> => Promise.resolve();

/** The files of a zip by their paths, as a tool that everybody has takes them out. */
export function unzipped(bytes: Buffer): Map<string, Buffer> {
  const directory = tempDirectory('unzipped');
  writeFileSync(join(directory, 'package.zip'), bytes);
  const out = join(directory, 'out');
  execFileSync('python3', ['-m', 'zipfile', '-e', join(directory, 'package.zip'), out]);
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(out, path), readFileSync(path)];
    }),
  );
}
