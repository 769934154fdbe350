import { type RecordId } from '@personr/kernel';
import {
  CATEGORIES,
  type Category,
  type ElementCode,
  ELEMENTS,
  withholdingOf,
  type Withholding,
} from '@personr/law';
import { mayHoldForbidden } from '@personr/redaction';
import { listDocuments } from '@personr/stores';
import { openSubject } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import {
  type CategoryAnswer,
  type Held,
  type HeldDocument,
  type PackageOrder,
  type PackedConsent,
  type Withheld,
} from './package.js';
import { restrictedOfAll } from './part.repository.js';

const PAGE = 200;

/** A value that is held, without its content. */
export type Piece = Held & { readonly id: RecordId };

/** What is held of a subject that an order is about, as one transaction saw it, or as it was frozen: what is taken in later stays out. */
export type Contents = {
  readonly origin: string;
  readonly pieces: readonly Piece[];
  readonly documents: readonly HeldDocument[];
  readonly consents: readonly PackedConsent[];
  /** Elements of what an erasure left for the ground of a hold alone, one for each value and document: named, never given. */
  readonly kept: readonly ElementCode[];
  /** What is, or has in it, what must stand nowhere in an answer to a consumer, whatever the period and the scope. */
  readonly forbidden: { readonly records: readonly RecordId[]; readonly documents: readonly HeldDocument[] };
};

type Row = Piece & { readonly collectedAt: Date };

/** Lists it. Throws `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`. */
export async function listContents(tx: TenantTx, order: PackageOrder): Promise<Contents> {
  await openSubject(tx, order.subjectId);
  const { origin } = await tx.logHead.findUniqueOrThrow({ where: { tenantId: tx.tenantId } });
  const { keyIds } = order.frozen ?? {};
  const rows = (await tx.bulk`
    select id, element, source, purpose, collected_at as "collectedAt" from record
     where tenant_id = ${tx.tenantId} and subject_id = ${order.subjectId}::uuid
       and (${keyIds === undefined}::boolean or key_id = any(${keyIds ?? []}::uuid[])) order by id`) as unknown as Row[];
  const frozen = keyIds === undefined ? null : new Set(keyIds);
  const all = await documentsOf(tx, order);
  const meant = {
    rows: rows.filter((row) => isMeant(order, row)),
    documents: all.filter((document) => isMeant(order, document) && frozen?.has(document.keyId) !== false),
  };
  const restricted = (await restrictedOfAll(tx, [order.subjectId])).get(order.subjectId);
  const isKept = ({ element }: { element: ElementCode }): boolean =>
    restricted?.has('ALL') === true || restricted?.has(element) === true;
  const documents = meant.documents.filter((document) => !isKept(document));
  return {
    origin,
    pieces: meant.rows
      .filter((row) => !isKept(row))
      .map(({ id, element, source, purpose }) => ({ id, element, source, purpose })),
    documents: documents.sort((left, right) => (left.id < right.id ? -1 : 1)),
    consents: await consentsOf(tx, order),
    kept: [...meant.rows, ...meant.documents].filter(isKept).map(({ element }) => element),
    forbidden: {
      records: rows.filter(({ element }) => mayHoldForbidden(element)).map(({ id }) => id),
      documents: all.filter(({ element }) => mayHoldForbidden(element)),
    },
  };
}

/** Whether the order is about it: its element, and when it was collected. */
const isMeant = (
  { scopeElements, answer: { collectedFrom } }: PackageOrder,
  { element, collectedAt }: { element: ElementCode; collectedAt: Date },
): boolean =>
  (scopeElements.length === 0 || scopeElements.includes(element)) &&
  (collectedFrom === null || collectedAt >= new Date(collectedFrom));

async function documentsOf(tx: TenantTx, { subjectId }: PackageOrder): Promise<HeldDocument[]> {
  const all: HeldDocument[] = [];
  for (let after: HeldDocument['id'] | null = null; ;) {
    const page: HeldDocument[] = await listDocuments(tx, { subjectId, limit: PAGE, after });
    all.push(...page);
    if (page.length < PAGE) return all;
    after = page.at(-1)?.id ?? null;
  }
}

async function consentsOf(
  tx: TenantTx,
  { subjectId, scopeElements, frozen }: PackageOrder,
): Promise<readonly PackedConsent[]> {
  if (scopeElements.length > 0) return [];
  if (frozen !== undefined && frozen.consents !== null) return frozen.consents;
  const rows = await tx.consent.findMany({
    where: { tenantId: tx.tenantId, subjectId },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ policy, version, givenAt, withdrawnAt }) => ({
    policy,
    version,
    givenAt: givenAt.toISOString(),
    withdrawnAt: withdrawnAt?.toISOString() ?? null,
  }));
}

/** The categories of what is held, each with its elements, sources and purposes, individual to the person. */
export function categoriesOf(held: readonly Held[]): CategoryAnswer[] {
  return (Object.keys(CATEGORIES) as Category[]).flatMap((category) => {
    const within = held.filter(({ element }) => ELEMENTS[element].categories.includes(category));
    if (within.length === 0) return [];
    return [
      {
        category,
        elements: sorted(within.map(({ element }) => element)),
        sources: sorted(within.map(({ source }) => source)),
        purposes: sorted(within.map(({ purpose }) => purpose)),
      },
    ];
  });
}

/** Elements held that fall into no category. */
export const derivedOf = (held: readonly Held[]): ElementCode[] =>
  sorted(held.map(({ element }) => element).filter((element) => ELEMENTS[element].derived));

/** Which of these are shown to the audience, and what becomes of the others. */
export function sift<Item extends Pick<Held, 'element'>>(
  items: readonly Item[],
  { answer: { audience } }: PackageOrder,
): { readonly given: readonly Item[]; readonly withheld: readonly Omit<Withheld, 'count'>[] } {
  const judged = items.map((item) => ({ item, why: withholdingOf(item.element, audience) }));
  return {
    given: judged.filter(({ why }) => why === null).map(({ item }) => item),
    withheld: judged.flatMap(({ item: { element }, why }) => (why === null ? [] : [{ element, why }])),
  };
}

/** The same element withheld for the same reason, counted. */
export function counted(withheld: readonly Omit<Withheld, 'count'>[]): Withheld[] {
  const counts = new Map<string, { element: ElementCode; why: Withholding; count: number }>();
  for (const { element, why } of withheld) {
    const known = counts.get(`${element} ${why}`) ?? { element, why, count: 0 };
    known.count += 1;
    counts.set(`${element} ${why}`, known);
  }
  return [...counts.keys()].sort().flatMap((key) => counts.get(key) ?? []);
}

const sorted = <T extends string>(items: readonly T[]): T[] => [...new Set(items)].sort();
