import { AuditLog, type Caller } from '@personr/audit';
import { IdempotentRequests } from '@personr/idempotency';
import { type ApiClientId, type Clock, newId, type TenantId } from '@personr/kernel';
import { type SettableClock } from '@personr/kernel/testing';
import { type ObjectStore, type Stores } from '@personr/stores';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { TermsReader } from '@personr/terms';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type Vault } from '@personr/vault';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { AddDocument } from './add-document.js';
import { AddRecords } from './add-records.js';
import { AdmitSubject } from './admit-subject.js';
import { AdmitSubjects } from './admit-subjects.js';
import { type NewConsent } from './consent.js';
import { FindConsents } from './find-consents.js';
import { JudgeAdmissions } from './judge-admissions.js';
import { KnownIdentities } from './known-identities.js';
import { GiveConsent } from './give-consent.js';
import { DocumentUploads } from './document-uploads.js';
import { FindSubject } from './find-subject.js';
import { JudgeDocument } from './judge-document.js';
import { KeepDocument } from './keep-document.js';
import { ReadDocument } from './read-document.js';
import { ReadInventory } from './read-inventory.js';
import { ReadRecords } from './read-records.js';
import { SealedDocuments } from './sealed-documents.js';
import { SealedRecords } from './sealed-records.js';
import { type ErasedSubject, suppressErased } from './suppress-erased.js';
import { type NewRecord, type NewSubject } from './subject.js';
import { SuppressReingest } from './suppress-reingest.js';
import { SweepUploads } from './sweep-uploads.js';
import { WithdrawConsent } from './withdraw-consent.js';
import { WriteAdmissions } from './write-admissions.js';

/** A value as it comes in: a name, unless changed. */
export const aNewRecord = (changes: Partial<NewRecord> = {}): NewRecord => ({
  element: 'FULL_NAME',
  value: 'Ada Invented',
  source: 'CLIENT_OR_AGENT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: new Date('2026-11-20T10:00:00.000Z'),
  ...changes,
});

/** A person as a tenant brings it in: an e-mail address of its own, a name and a face template, unless changed. */
export const aNewSubject = (externalId: string, changes: Partial<NewSubject> = {}): NewSubject => ({
  externalId,
  identities: [{ type: 'EMAIL', value: `${externalId}@people.example` }],
  residency: 'US-CA',
  records: [aNewRecord(), aNewRecord({ element: 'FACE_TEMPLATE', value: { vector: [0.25, 0.5] } })],
  ...changes,
});

/** A consent as it comes in: to version 2026-01 of the Business's privacy policy, before anything of `aNewRecord`. */
export const aNewConsent = (changes: Partial<NewConsent> = {}): NewConsent => ({
  policy: 'PRIVACY_POLICY',
  version: '2026-01',
  givenAt: new Date('2026-11-20T09:00:00.000Z'),
  ...changes,
});

/** What the room is built on. `objects` are new ones and `stores` the house's own over them, unless given. */
export type Foundations = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly objects?: ObjectStore;
  readonly stores?: Stores;
};

/** The room's use cases, wired by hand. */
export function subjectsOver({
  tenancy,
  vault,
  clock,
  objects = anObjectStore(),
  stores = houseStores(objects),
}: Foundations) {
  const audit = new AuditLog();
  const requests = new IdempotentRequests(vault, clock);
  const terms = new TermsReader(clock);
  const sealed = new SealedRecords(vault, stores, clock);
  const suppression = new SuppressReingest(vault, audit, clock);
  const judge = new JudgeAdmissions(tenancy, terms, requests, suppression);
  const known = new KnownIdentities(sealed);
  const write = new WriteAdmissions(requests, sealed, known, audit, clock, suppression);
  const admitAll = new AdmitSubjects(tenancy, judge, sealed, write, suppression);
  const documents = new SealedDocuments(vault, objects);
  const uploads = new DocumentUploads(tenancy, objects, documents, clock);
  const keep = new KeepDocument(uploads, documents, audit, clock);
  const judgeDocument = new JudgeDocument(tenancy, terms, requests, keep, audit, clock);
  return {
    admit: new AdmitSubject(admitAll),
    admitAll,
    requests,
    add: new AddRecords(tenancy, terms, sealed, requests, audit, clock),
    read: new ReadRecords(tenancy, terms, sealed, audit, clock),
    addDocument: new AddDocument(tenancy, judgeDocument, uploads, documents, requests, keep),
    readDocument: new ReadDocument(tenancy, terms, documents, audit, clock),
    sweepUploads: new SweepUploads(tenancy, objects, documents, clock),
    find: new FindSubject(tenancy, vault),
    inventory: new ReadInventory(tenancy, stores),
    giveConsent: new GiveConsent(tenancy, terms, requests, audit, clock),
    withdrawConsent: new WithdrawConsent(tenancy, audit, clock),
    consents: new FindConsents(tenancy),
    suppressErased: (tenantId: TenantId, erased: readonly ErasedSubject[]) =>
      suppressErased({ tenancy, vault, stores, clock }, tenantId, erased),
  };
}

/** A Business' API client, as acts are given it. */
export type TestClient = Caller & { readonly clientId: ApiClientId };

/** Both databases and a key store of a test's own, without a tenant, and a connection of the data database's owner. */
export class TestHouse {
  private constructor(
    readonly databases: TestDatabases,
    readonly tenancy: Tenancy,
    readonly opened: TestVault,
    readonly owner: pg.Client,
    readonly clock: SettableClock,
  ) {}

  static async open(clock: SettableClock): Promise<TestHouse> {
    const databases = await createTestDatabases();
    const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    const owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    return new TestHouse(databases, openTenancy(databases), opened, owner, clock);
  }

  /** What use cases are wired over. */
  get foundations() {
    const { tenancy, opened, clock } = this;
    return { tenancy, vault: opened.vault, clock };
  }

  /** A new tenant under an agreement, with its keys, and a client of it. */
  async business(): Promise<TestClient> {
    const tenantId = await aTenant(this.tenancy, this.clock.now());
    await this.opened.vault.openTenant(tenantId);
    const clientId: ApiClientId = newId(this.clock.now());
    return { tenantId, clientId, actor: { kind: 'API_CLIENT', id: clientId } };
  }

  /** The entries of a tenant that wait for their places in the log and whose event begins so, in the order in which they were written. */
  async entries(tenantId: TenantId, prefix = ''): Promise<Record<string, unknown>[]> {
    const rows = await this.tenancy.forTenant(tenantId, (tx) =>
      tx.auditOutbox.findMany({ orderBy: { id: 'asc' } }),
    );
    return rows
      .map(({ entry }) => JSON.parse(new TextDecoder().decode(entry)) as Record<string, unknown>)
      .filter(({ event }) => String(event).startsWith(prefix));
  }

  async close(): Promise<void> {
    await this.tenancy.close();
    await this.opened.close();
    await this.owner.end();
    await this.databases.drop();
  }
}
