import { type ConsentId, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Consent } from './consent.js';
import { type Subject } from './subject.js';

/** A consent with the subject that gave it. */
export type OwnConsent = Consent & { readonly subjectId: SubjectId };

type Row = Omit<OwnConsent, 'id' | 'subjectId'> & { id: string; subjectId: string };

const toConsent = ({ id, subjectId, policy, version, givenAt, withdrawnAt, createdAt }: Row): OwnConsent => ({
  id: id as ConsentId,
  subjectId: subjectId as SubjectId,
  policy,
  version,
  givenAt,
  withdrawnAt,
  createdAt,
});

/** Every consent of these subjects, each kept from being withdrawn until the transaction ends. */
export async function holdConsents(tx: TenantTx, subjectIds: readonly SubjectId[]): Promise<OwnConsent[]> {
  if (subjectIds.length === 0) return [];
  const rows = await tx.bulk`
    select id, subject_id as "subjectId", policy, version, given_at as "givenAt",
           withdrawn_at as "withdrawnAt", created_at as "createdAt"
      from consent where tenant_id = ${tx.tenantId} and subject_id = any(${subjectIds}::uuid[])
     order by id for share`;
  return (rows as unknown as Row[]).map(toConsent);
}

/**
 * Writes consents of subjects whose rows are held, each fact once. Returns the id under which each is kept, in
 * order: another's than the given where a concurrent transaction was the first to write it.
 */
export async function insertConsents(
  tx: TenantTx,
  consents: readonly (Consent & { readonly subject: Pick<Subject, 'id' | 'role'> })[],
): Promise<ConsentId[]> {
  if (consents.length === 0) return [];
  const rows = await tx.bulk`
    insert into consent (tenant_id, id, subject_id, role, policy, version, given_at, created_at)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${consents.map(({ id }) => id)}::uuid[],
                  ${consents.map(({ subject }) => subject.id)}::uuid[],
                  ${consents.map(({ subject }) => subject.role)}::text[],
                  ${consents.map(({ policy }) => policy)}::text[],
                  ${consents.map(({ version }) => version)}::text[],
                  ${consents.map(({ givenAt }) => givenAt.toISOString())}::timestamptz[],
                  ${consents.map(({ createdAt }) => createdAt.toISOString())}::timestamptz[]) as new
        on conflict (tenant_id, subject_id, policy, version, given_at)
        do update set withdrawn_at = consent.withdrawn_at
    returning id, subject_id as "subjectId", policy, version, given_at as "givenAt"`;
  const kept = new Map(rows.map((row) => [factOf(row as unknown as Row), row.id as ConsentId]));
  return consents.map(({ subject, ...consent }) => {
    const id = kept.get(factOf({ ...consent, subjectId: subject.id }));
    if (id === undefined) throw new Error('every consent is kept');
    return id;
  });
}

/** What makes two consents the same fact. */
const factOf = ({
  subjectId,
  policy,
  version,
  givenAt,
}: Pick<Row, 'subjectId' | 'policy' | 'version' | 'givenAt'>): string =>
  [subjectId, policy, version, givenAt.getTime()].join(' ');

/** A page of the subject's consents, newest first, after the one named by `after`. */
export async function listConsents(
  tx: TenantTx,
  subjectId: SubjectId,
  { limit, after }: { limit: number; after: ConsentId | null },
): Promise<Consent[]> {
  const rows = await tx.consent.findMany({
    where: { tenantId: tx.tenantId, subjectId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toConsent);
}

/** Marks the consent as withdrawn unless it is. Returns whether it was not. */
export async function setWithdrawn(tx: TenantTx, id: ConsentId, withdrawnAt: Date): Promise<boolean> {
  const { count } = await tx.consent.updateMany({
    where: { tenantId: tx.tenantId, id, withdrawnAt: null },
    data: { withdrawnAt },
  });
  return count === 1;
}
