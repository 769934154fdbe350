import { type Clock, isDomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { listDocuments, type ObjectStore, type SealedRecord, type Stores } from '@personr/stores';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { type Tenancy } from '@personr/tenancy';
import { type Vault } from '@personr/vault';
import { sealedRowsOf } from './replay.repository.js';

/** A restored copy of the data and the key store as it is now. */
export type DrillParts = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly stores: Stores;
  readonly objects: ObjectStore;
  readonly clock: Clock;
};

/** Somebody whom the ledger says is erased, and of whom the copy has something. References alone. */
export type ErasedInCopy = {
  readonly tenantId: TenantId;
  readonly instructionId: string;
  readonly subjectId: SubjectId;
};

/** What trying to read everything of the erased came to. `opened` is to be 0. */
export type ErasedReading = {
  readonly erased: readonly ErasedInCopy[];
  readonly rows: number;
  readonly opened: number;
};

/** What reading everything of everybody else came to. `unreadable` is to be 0. */
export type SurvivorReading = {
  readonly subjects: number;
  readonly values: number;
  readonly documents: number;
  readonly unreadable: number;
};

const PAGE = 200;
const MOST_DOCUMENTS = 10_000;

/** Tries, on a restored copy, what an erasure promises: none of the erased can be read, everybody else can. */
export class Drill {
  private readonly records: SealedRecords;
  private readonly documents: SealedDocuments;

  constructor(private readonly parts: DrillParts) {
    this.records = new SealedRecords(parts.vault, parts.stores, parts.clock);
    this.documents = new SealedDocuments(parts.vault, parts.objects);
  }

  /** Tries to open every value and document of whoever the ledgers name and the copy still has: before it is replayed. */
  async readErased(tenants: readonly TenantId[]): Promise<ErasedReading> {
    const found: ErasedInCopy[] = [];
    let [rows, opened] = [0, 0];
    for (const tenantId of tenants) {
      for await (const { instructionId, subjectId, shreddedAt, keyIds } of this.parts.vault.ledger(
        tenantId,
      )) {
        if (subjectId === null || shreddedAt === null) continue;
        const shredded = new Set<string>(keyIds);
        const own = await this.parts.tenancy.forTenant(tenantId, (tx) => sealedRowsOf(tx, [subjectId]));
        const gone = own.filter(({ keyId }) => shredded.has(keyId));
        if (gone.length === 0) continue;
        found.push({ tenantId, instructionId, subjectId });
        rows += gone.length;
        opened += await this.openAnyOf(tenantId, subjectId, new Set(gone.map(({ id }) => id)));
      }
    }
    return { erased: found, rows, opened };
  }

  /** Opens every value and every document that the copy has. */
  async readSurvivors(tenants: readonly TenantId[]): Promise<SurvivorReading> {
    const counts = { subjects: 0, values: 0, documents: 0, unreadable: 0 };
    for (const tenantId of tenants) {
      for await (const subjectId of this.subjectsOf(tenantId)) {
        const { values, documents } = await this.allOf(tenantId, subjectId);
        counts.subjects += 1;
        for (const open of values) counts[(await reads(open)) ? 'values' : 'unreadable'] += 1;
        for (const open of documents) counts[(await reads(open)) ? 'documents' : 'unreadable'] += 1;
      }
    }
    return counts;
  }

  private async openAnyOf(
    tenantId: TenantId,
    subjectId: SubjectId,
    ids: ReadonlySet<string>,
  ): Promise<number> {
    const { values, documents, idOf } = await this.allOf(tenantId, subjectId);
    let opened = 0;
    for (const open of [...values, ...documents]) if (ids.has(idOf(open)) && (await reads(open))) opened += 1;
    return opened;
  }

  /** Every value and document of a subject, as something that opens it. */
  private async allOf(tenantId: TenantId, subjectId: SubjectId) {
    const { records, documents } = await this.parts.tenancy.forTenant(tenantId, async (tx) => ({
      records: await this.records.find(tx, { subjectId }),
      documents: await listDocuments(tx, { subjectId, limit: MOST_DOCUMENTS, after: null }),
    }));
    const names = new Map<() => Promise<unknown>, string>();
    const values = records.map((record) => {
      const open = () => this.openRecord(tenantId, record);
      names.set(open, record.id);
      return open;
    });
    const files = documents.map((document) => {
      const open = async () => {
        let read = 0;
        const range = { start: 0, end: document.sizeBytes - 1 };
        for await (const bytes of this.documents.read(tenantId, document, range)) read += bytes.length;
        return read;
      };
      names.set(open, document.id);
      return open;
    });
    return { values, documents: files, idOf: (open: () => Promise<unknown>) => names.get(open) ?? '' };
  }

  private openRecord(tenantId: TenantId, record: SealedRecord): Promise<unknown> {
    return this.records.openAll(tenantId, [record]);
  }

  private async *subjectsOf(tenantId: TenantId): AsyncIterable<SubjectId> {
    let after: string | null = null;
    do {
      const from: string | null = after;
      const page: SubjectId[] = await this.parts.tenancy.forTenant(tenantId, async (tx) => {
        const rows = await tx.bulk`
          select id from subject where tenant_id = ${tx.tenantId} and (${from}::uuid is null or id > ${from}::uuid)
           order by id limit ${PAGE}`;
        return rows.map(({ id }) => id as SubjectId);
      });
      yield* page;
      after = page.length < PAGE ? null : (page.at(-1) ?? null);
    } while (after !== null);
  }
}

/** Whether it opens. What fails for another reason than a key that is gone, or bytes that are not as they were, is thrown. */
async function reads(open: () => Promise<unknown>): Promise<boolean> {
  try {
    await open();
    return true;
  } catch (error) {
    const codes = ['KEY_SHREDDED', 'SEAL_BROKEN', 'OBJECT_MISSING'] as const;
    if (codes.some((code) => isDomainError(error, code))) return false;
    throw error;
  }
}
