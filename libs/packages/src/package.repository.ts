import { type InstructionId, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { type PackageId } from '@personr/stores';
import { type RelayTx, type TenantTx } from '@personr/tenancy';
import { type StoredPackage } from './package.js';
import { LISTING, type PartFacts } from './part.js';
import { type PackagePlace, type SealedPackage } from './sealed-packages.js';

/** An attempt to build a package. */
export type Attempt = PackagePlace & { readonly instructionId: InstructionId };

/** A salt as it rests, and the attempt whose key it is sealed under. */
export type SealedSalt = {
  readonly id: PackageId;
  readonly keyId: KeyId;
  readonly sealed: Uint8Array<ArrayBuffer>;
};

/** Writes down that an attempt begins, before a byte of it reaches the object store. */
export async function insertAttempt(
  tx: TenantTx,
  attempt: Attempt & { readonly part?: number },
  aliveUntil: Date,
): Promise<void> {
  await tx.package.create({
    data: { tenantId: tx.tenantId, ...attempt, state: 'BUILDING', endsAt: aliveUntil },
  });
}

/** The salt of the latest attempt for the instruction that has one, or null. */
export async function findSalt(tx: TenantTx, instructionId: InstructionId): Promise<SealedSalt | null> {
  const row = await tx.package.findFirst({
    where: { tenantId: tx.tenantId, instructionId, sealedSalt: { not: null }, keyId: { not: null } },
    orderBy: { id: 'desc' },
  });
  if (row?.sealedSalt == null) return null;
  return { id: row.id as PackageId, keyId: row.keyId as KeyId, sealed: row.sealedSalt };
}

/** Keeps the attempt's key and salt. */
export async function keepSalt(tx: TenantTx, { id, keyId, sealed }: SealedSalt): Promise<void> {
  await tx.package.updateMany({
    where: { tenantId: tx.tenantId, id, state: 'BUILDING' },
    data: { keyId, sealedSalt: sealed },
  });
}

/** Keeps the attempt's key. */
export async function keepKey(tx: TenantTx, id: PackageId, keyId: KeyId): Promise<void> {
  await tx.package.updateMany({ where: { tenantId: tx.tenantId, id, state: 'BUILDING' }, data: { keyId } });
}

/** Says that the attempt lives. False when it was given up for dead and is swept. */
export async function keepAttempt(tx: TenantTx, id: PackageId, aliveUntil: Date): Promise<boolean> {
  const { count } = await tx.package.updateMany({
    where: { tenantId: tx.tenantId, id, state: 'BUILDING' },
    data: { endsAt: aliveUntil },
  });
  return count === 1;
}

/** What an attempt that has come to its end is kept with. */
export type Finished = SealedPackage &
  Pick<StoredPackage, 'manifestSha256' | 'readyAt' | 'expiresAt'> & {
    readonly partFacts?: PartFacts;
    readonly lastSubjectId?: SubjectId | null;
  };

/** Makes the attempt the package. False when it was swept. */
export async function finishAttempt(tx: TenantTx, id: PackageId, finished: Finished): Promise<boolean> {
  const { count } = await tx.package.updateMany({
    where: { tenantId: tx.tenantId, id, state: 'BUILDING' },
    data: { ...finished, sizeBytes: BigInt(finished.sizeBytes), state: 'READY', endsAt: finished.expiresAt },
  });
  return count === 1;
}

/** Gives up what was the instruction's package, if there was one: what is left of it is swept. */
export async function retirePackage(tx: TenantTx, instructionId: InstructionId, at: Date): Promise<void> {
  await tx.package.updateMany({
    where: { tenantId: tx.tenantId, instructionId, state: 'READY' },
    data: { state: 'BUILDING', endsAt: at },
  });
}

/**
 * The package of the instruction, or this part of it, or null: none is ready, or it went with its subject. Of what is
 * returned in parts the package lists them.
 */
export async function findPackage(
  tx: TenantTx,
  instructionId: InstructionId,
  part: number = LISTING,
): Promise<StoredPackage | null> {
  const isPart = part === LISTING ? { OR: [{ part: null }, { part }] } : { part };
  const row = await tx.package.findFirst({
    where: { tenantId: tx.tenantId, instructionId, state: { not: 'BUILDING' }, ...isPart },
  });
  return row === null ? null : toPackage(row);
}

/** Counts a download. False when the limit is reached. */
export async function countDownload(tx: TenantTx, id: PackageId, limit: number): Promise<boolean> {
  const { count } = await tx.package.updateMany({
    where: { tenantId: tx.tenantId, id, downloads: { lt: limit } },
    data: { downloads: { increment: 1 } },
  });
  return count === 1;
}

/** A package or an attempt whose time is up, as the relay sees it. */
export type Ended = { readonly tenantId: TenantId; readonly id: PackageId };

/** Lists what has come to its end before `now`, the longest ago first. */
export async function listEnded(tx: RelayTx, { now, limit }: { now: Date; limit: number }): Promise<Ended[]> {
  const rows = await tx.$queryRaw<{ tenant_id: TenantId; id: PackageId }[]>`
    select tenant_id::text, id::text from package where ends_at < ${now} order by ends_at limit ${limit}`;
  return rows.map(({ tenant_id: tenantId, id }) => ({ tenantId, id }));
}

/** Takes the attempt or package to clear it away; null when another has it. `now` null: whatever its time is. */
export async function takeEnded(
  tx: TenantTx,
  { id, now }: { id: PackageId; now: Date | null },
): Promise<(Attempt & { readonly state: string }) | null> {
  const [row] = await tx.$queryRaw<{ subject_id: string; instruction_id: string; state: string }[]>`
    select subject_id::text, instruction_id::text, state from package
     where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid
       and (${now === null} or ends_at < ${now ?? new Date(0)}) for update skip locked`;
  if (row === undefined) return null;
  return {
    id,
    subjectId: row.subject_id as SubjectId,
    instructionId: row.instruction_id as InstructionId,
    state: row.state,
  };
}

/** Removes the row of an attempt. */
export async function removeAttempt(tx: TenantTx, id: PackageId): Promise<void> {
  await tx.package.deleteMany({ where: { tenantId: tx.tenantId, id, state: 'BUILDING' } });
}

/** Leaves of a package only that it was. */
export async function expirePackage(tx: TenantTx, id: PackageId): Promise<void> {
  await tx.package.updateMany({
    where: { tenantId: tx.tenantId, id, state: 'READY' },
    data: { state: 'EXPIRED', endsAt: null, keyId: null, sealedSalt: null },
  });
}

type Row = Awaited<ReturnType<TenantTx['package']['findFirstOrThrow']>>;

// A row that is not BUILDING has all of it but an expiry: the database says so.
const toPackage = (row: Row): StoredPackage => ({
  id: row.id as PackageId,
  instructionId: row.instructionId as InstructionId,
  subjectId: row.subjectId as SubjectId,
  state: row.state as StoredPackage['state'],
  keyId: row.keyId,
  sizeBytes: Number(row.sizeBytes),
  chunkBytes: row.chunkBytes ?? 0,
  noncePrefix: row.noncePrefix ?? new Uint8Array(0),
  manifestSha256: row.manifestSha256 ?? '',
  readyAt: row.readyAt ?? new Date(0),
  expiresAt: row.expiresAt,
  downloads: row.downloads,
  part: row.part,
});
