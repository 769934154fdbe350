import { type InstructionId, type KeyId, type RecordId, type SubjectId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type PackageId } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { type PackedConsent } from './package.js';
import { LISTING, type ListedPart, type PartFacts, type PartLimits, type PartTotals } from './part.js';

/** A subject that goes into a part, without anything that is held about it. */
export type PartSubject = {
  readonly id: SubjectId;
  readonly subjectRef: string;
  readonly role: string;
  readonly residency: string | null;
  readonly createdAt: Date;
};

/** A value as it rests, and whether a hold keeps it for its ground alone. */
export type PartRecord = {
  readonly id: RecordId;
  readonly subjectId: SubjectId;
  readonly element: ElementCode;
  readonly source: string;
  readonly purpose: string;
  readonly collectedAt: Date;
  readonly keyId: KeyId;
  readonly sealed: Uint8Array<ArrayBuffer>;
};

/** The parts of the instruction that are whole, in their order. */
export async function listParts(tx: TenantTx, instructionId: InstructionId): Promise<ListedPart[]> {
  const rows = await tx.package.findMany({
    where: { tenantId: tx.tenantId, instructionId, state: 'READY', part: { gt: LISTING } },
    orderBy: { part: 'asc' },
  });
  return rows.map((row) => ({
    ...(row.partFacts as unknown as PartFacts),
    part: row.part ?? LISTING,
    sizeBytes: Number(row.sizeBytes),
    manifestSha256: row.manifestSha256 ?? '',
    lastSubjectId: row.lastSubjectId as SubjectId | null,
  }));
}

/** How much the parts hold together that are whole so far. */
export async function totalParts(tx: TenantTx, instructionId: InstructionId): Promise<PartTotals> {
  const [row] = await tx.bulk`
    select count(*)::int as parts, coalesce(sum(size_bytes), 0)::float8 as "sizeBytes",
           coalesce(sum((part_facts ->> 'subjects')::int), 0)::int as subjects,
           coalesce(sum((part_facts ->> 'records')::int), 0)::int as records,
           coalesce(sum((part_facts ->> 'documents')::int), 0)::int as documents,
           coalesce(sum((part_facts ->> 'consents')::int), 0)::int as consents,
           coalesce(sum((part_facts ->> 'withheld')::int), 0)::int as withheld
      from package
     where tenant_id = ${tx.tenantId} and instruction_id = ${instructionId}::uuid and state = 'READY' and part > ${LISTING}::int`;
  return row as unknown as PartTotals;
}

/** The last part that is whole: its number and its last subject. Null before there is one. */
export async function lastPart(
  tx: TenantTx,
  instructionId: InstructionId,
): Promise<{ readonly part: number; readonly lastSubjectId: SubjectId } | null> {
  const [row] = await tx.bulk`
    select part, last_subject_id as "lastSubjectId" from package
     where tenant_id = ${tx.tenantId} and instruction_id = ${instructionId}::uuid and state = 'READY' and part > ${LISTING}::int
     order by part desc limit 1`;
  return (row as { part: number; lastSubjectId: SubjectId } | undefined) ?? null;
}

/** The subjects after one that a part holds: whole ones, in the order of their ids, none when nobody is left. */
export async function planPart(
  tx: TenantTx,
  after: SubjectId | null,
  { subjects: limit, bytes }: PartLimits,
): Promise<PartSubject[]> {
  const rows = await tx.bulk`
    select s.id, s.subject_ref as "subjectRef", s.role, s.residency, s.created_at as "createdAt",
           (select coalesce(sum(octet_length(r.sealed)), 0) from record r
             where r.tenant_id = ${tx.tenantId} and r.subject_id = s.id)::float8
         + (select coalesce(sum(d.size_bytes), 0) from document d
             where d.tenant_id = ${tx.tenantId} and d.subject_id = s.id)::float8 as bytes
      from subject s
     where s.tenant_id = ${tx.tenantId} and (${after}::uuid is null or s.id > ${after}::uuid)
     order by s.id limit ${limit}`;
  let sum = 0;
  const end = rows.findIndex((row) => (sum += row.bytes as number) >= bytes);
  return (end < 0 ? rows : rows.slice(0, end + 1)) as unknown as PartSubject[];
}

/** The values of these subjects, by subject and in the order of their ids. */
export async function recordsOfAll(
  tx: TenantTx,
  subjects: readonly SubjectId[],
): Promise<readonly PartRecord[]> {
  const rows = await tx.bulk`
    select id, subject_id as "subjectId", element, source, purpose, collected_at as "collectedAt", key_id as "keyId", sealed
      from record where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[]) order by subject_id, id`;
  return rows as unknown as PartRecord[];
}

/** The consents of these subjects, in the order of their ids. */
export async function consentsOfAll(
  tx: TenantTx,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly PackedConsent[]>> {
  const rows = await tx.bulk`
    select subject_id, policy, version, given_at, withdrawn_at from consent
     where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[]) order by id`;
  const consents = new Map<SubjectId, PackedConsent[]>();
  for (const row of rows) {
    const list = consents.get(row.subject_id as SubjectId) ?? [];
    consents.set(row.subject_id as SubjectId, list);
    list.push({
      policy: row.policy as string,
      version: row.version as string,
      givenAt: (row.given_at as Date).toISOString(),
      withdrawnAt: (row.withdrawn_at as Date | null)?.toISOString() ?? null,
    });
  }
  return consents;
}

/** Of each of these subjects of whom an erasure left something because of a hold, what: elements, or ALL. */
export async function restrictedOfAll(
  tx: TenantTx,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, ReadonlySet<string>>> {
  const rows = await tx.bulk`
    select subject_id, restricted_elements from hold
     where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[]) and cardinality(restricted_elements) > 0`;
  const restricted = new Map<SubjectId, Set<string>>();
  for (const row of rows) {
    const set = restricted.get(row.subject_id as SubjectId) ?? new Set<string>();
    restricted.set(row.subject_id as SubjectId, set);
    for (const element of row.restricted_elements as string[]) set.add(element);
  }
  return restricted;
}

/** Gives up every part of the instruction that is whole, and the listing: what is left of them is swept. */
export async function retireParts(tx: TenantTx, instructionId: InstructionId, at: Date): Promise<void> {
  await tx.package.updateMany({
    where: { tenantId: tx.tenantId, instructionId, state: 'READY', part: { not: null } },
    data: { state: 'BUILDING', endsAt: at },
  });
}

/** The attempts of the instruction that never came to an end. */
export async function listAttempts(tx: TenantTx, instructionId: InstructionId): Promise<PackageId[]> {
  const rows = await tx.package.findMany({
    where: { tenantId: tx.tenantId, instructionId, state: 'BUILDING' },
    select: { id: true },
  });
  return rows.map(({ id }) => id as PackageId);
}
