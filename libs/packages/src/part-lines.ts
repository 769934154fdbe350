import { type SubjectId, type TenantId } from '@personr/kernel';
import { oneAhead, type SealedRecords } from '@personr/subjects';
import { type Tenancy } from '@personr/tenancy';
import { type PackedConsent, type PackedDocument } from './package.js';
import {
  consentsOfAll,
  type PartRecord,
  type PartSubject,
  recordsOfAll,
  restrictedOfAll,
} from './part.repository.js';

/** So many subjects are opened at once. */
const AT_ONCE = 50;

/** What lines are written from. */
export type LineParts = { readonly tenancy: Tenancy; readonly records: SealedRecords };

/** The documents of each subject, as they lie in the part. */
export type PartDocuments = ReadonlyMap<SubjectId, readonly PackedDocument[]>;

/** What lines came to. */
export type LineCounts = { subjects: number; records: number; consents: number; withheld: number };

type Page = {
  readonly subjects: readonly PartSubject[];
  /** The values of each subject as they are written, in their order. */
  readonly values: ReadonlyMap<SubjectId, readonly string[]>;
  readonly records: number;
  readonly consents: ReadonlyMap<SubjectId, readonly PackedConsent[]>;
  readonly withheld: number;
};

/** Writes subjects as NDJSON: one a line, with everything that is held about it, in the order in which it came in. */
export class PartLines {
  readonly counts: LineCounts = { subjects: 0, records: 0, consents: 0, withheld: 0 };

  constructor(
    private readonly parts: LineParts,
    private readonly tenantId: TenantId,
  ) {}

  /** The lines, some at once. While they are taken the next are opened. Throws `KEY_SHREDDED`, `SEAL_BROKEN`. */
  async *of(subjects: readonly PartSubject[], documents: PartDocuments): AsyncIterable<string> {
    for await (const page of oneAhead(this.pages(subjects))) {
      const lines = page.subjects.map((subject) => lineOf(subject, page, documents.get(subject.id) ?? []));
      this.counts.subjects += page.subjects.length;
      this.counts.records += page.records;
      this.counts.withheld += page.withheld;
      for (const consents of page.consents.values()) this.counts.consents += consents.length;
      yield lines.join('');
    }
  }

  private async *pages(subjects: readonly PartSubject[]): AsyncIterable<Page> {
    for (let at = 0; at < subjects.length; at += AT_ONCE)
      yield await this.page(subjects.slice(at, at + AT_ONCE));
  }

  private async page(subjects: readonly PartSubject[]): Promise<Page> {
    const ids = subjects.map(({ id }) => id);
    const { all, consents, restricted } = await this.parts.tenancy.forTenant(this.tenantId, async (tx) => ({
      all: await recordsOfAll(tx, ids),
      consents: await consentsOfAll(tx, ids),
      restricted: await restrictedOfAll(tx, ids),
    }));
    const given = all.filter(({ subjectId, element }) => {
      const kept = restricted.get(subjectId);
      return kept === undefined || !(kept.has('ALL') || kept.has(element));
    });
    const texts = await this.parts.records.openTexts(this.tenantId, given);
    return {
      subjects,
      consents,
      values: valuesOf(given, texts),
      records: given.length,
      withheld: all.length - given.length,
    };
  }
}

function lineOf(
  { id, subjectRef, role, residency, createdAt }: PartSubject,
  { values, consents }: Page,
  documents: readonly PackedDocument[],
): string {
  const head = JSON.stringify({ id, subjectRef, role, residency, createdAt: createdAt.toISOString() });
  const rest = JSON.stringify({ consents: consents.get(id) ?? [], documents });
  return `${head.slice(0, -1)},"records":[${(values.get(id) ?? []).join()}],${rest.slice(1)}\n`;
}

function valuesOf(
  records: readonly PartRecord[],
  texts: readonly string[],
): ReadonlyMap<SubjectId, readonly string[]> {
  const values = new Map<SubjectId, string[]>();
  for (const [position, record] of records.entries()) {
    const own = values.get(record.subjectId) ?? [];
    values.set(record.subjectId, own);
    own.push(valueOf(record, texts[position] ?? 'null'));
  }
  return values;
}

/** A value is sealed as JSON, and goes on as it was sealed. */
const valueOf = ({ element, source, purpose, collectedAt }: PartRecord, text: string): string =>
  `{"element":${JSON.stringify(element)},"value":${text},"source":${JSON.stringify(source)},` +
  `"purpose":${JSON.stringify(purpose)},"collectedAt":"${collectedAt.toISOString()}"}`;
