import { type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import { type StoredPackage } from './package.js';

/** The form of a part's manifest: a part holds some of the subjects, whole. */
export const PART_FORMAT = 'personr.return-part/v1';

/** The form of the manifest that lists the parts' manifests: what is acknowledged. */
export const PARTS_FORMAT = 'personr.return/v1';

/** The number of the package that lists the parts. The parts are 1, 2, 3 and so on. */
export const LISTING = 0;

/** What is returned in parts: everything of a tenant as it was at `takenAt`, since when nothing is taken in. */
export type PartsOrder = {
  readonly tenantId: TenantId;
  readonly instructionId: InstructionId;
  readonly takenAt: Date;
  readonly policyVersion: string;
  /** One for all parts: the same state is the same bytes, whoever builds them. */
  readonly salt: Uint8Array;
};

/** What a part holds: how many of each, and its own hash. Withheld is what a hold keeps for its ground alone. */
export type PartCounts = Readonly<
  Record<'subjects' | 'records' | 'documents' | 'consents' | 'withheld', number>
>;

/** What is kept about a part beside its place. Hashes are hex. */
export type PartFacts = PartCounts & {
  /** SHA-256 of the part's zip. */
  readonly sha256: string;
  readonly firstSubjectId: SubjectId | null;
};

/** A part that is whole. */
export type ListedPart = PartFacts &
  Pick<StoredPackage, 'sizeBytes' | 'manifestSha256'> & {
    readonly part: number;
    readonly lastSubjectId: SubjectId | null;
  };

/** How much parts hold together. */
export type PartTotals = PartCounts & { readonly parts: number; readonly sizeBytes: number };

/** How large a part becomes: it ends with the subject with whom it has as many subjects, or as many bytes of values and documents. */
export type PartLimits = { readonly subjects: number; readonly bytes: number };

/** As large as is handed out and asked for again without pain. */
export const PART_LIMITS: PartLimits = { subjects: 1_000, bytes: 64 * 1024 * 1024 };

/**
 * Under whose name parts lie and have their keys, among those of the tenant's subjects, so that an erasure of everything
 * takes them with the root: the instruction's id but for its last bit, for under that it has its request record, which stays. What it makes of
 * that name is the instruction's id again.
 */
export const ownerOfParts = (instructionId: InstructionId): SubjectId =>
  (instructionId.slice(0, -1) + (Number.parseInt(instructionId.slice(-1), 16) ^ 1).toString(16)) as SubjectId;
