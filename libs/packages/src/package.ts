import {
  type InstructionId,
  type Json,
  type KeyId,
  type SubjectId,
  type SubjectRef,
  type TenantId,
} from '@personr/kernel';
import { type Category, type ElementCode, type ExportOrder, type Withholding } from '@personr/law';
import { type PackageId, type StoredDocument } from '@personr/stores';

/** What a package is to answer. */
export type PackageOrder = {
  readonly tenantId: TenantId;
  readonly instructionId: InstructionId;
  readonly type: string;
  readonly subjectId: SubjectId;
  readonly subjectRef: SubjectRef;
  /** The elements that it is about; all when empty. */
  readonly scopeElements: readonly ElementCode[];
  readonly answer: ExportOrder;
  /** When the request was received that it answers: the end of the period. */
  readonly receivedAt: Date;
  readonly policyVersion: string;
  /** What it holds and nothing else, where that was frozen; all that is held when left out. */
  readonly frozen?: Frozen;
};

/** Everything that rests under these keys, and these consents; those that there are when null. */
export type Frozen = {
  readonly keyIds: readonly KeyId[];
  readonly consents: readonly PackedConsent[] | null;
};

/** What is held of one element from one source for one purpose. */
export type Held = {
  readonly element: ElementCode;
  readonly source: string;
  readonly purpose: string;
};

/** Something that is held, named and not shown. */
export type Withheld = { readonly element: ElementCode; readonly why: Withholding; readonly count: number };

/** A document as it goes into a package. */
export type PackedDocument = Held & {
  readonly path: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly collectedAt: string;
};

/** What the consumer agreed to. */
export type PackedConsent = {
  readonly policy: string;
  readonly version: string;
  readonly givenAt: string;
  readonly withdrawnAt: string | null;
};

/** A value as it goes into a package. */
export type PackedRecord = Held & { readonly value: Json; readonly collectedAt: string };

/** A category of personal information that was collected: what of it, where from, what for (Reg. 7024(k)). */
export type CategoryAnswer = {
  readonly category: Category;
  readonly elements: readonly ElementCode[];
  readonly sources: readonly string[];
  readonly purposes: readonly string[];
};

/** A disclosure of the 12 months before the request: to whom, of which categories, what for. */
export type DisclosureAnswer = {
  readonly recipient: string;
  readonly categories: readonly Category[];
  readonly purpose: string;
};

/** Everything that a package says but the values themselves, which come as a stream. */
export type Answer = {
  readonly order: PackageOrder;
  readonly origin: string;
  readonly categories: readonly CategoryAnswer[];
  /** Elements that are results of automated processing and fall into no category (S-43). */
  readonly derived: readonly ElementCode[];
  readonly withheld: readonly Withheld[];
  readonly documents: readonly PackedDocument[];
  readonly consents: readonly PackedConsent[];
  readonly disclosures: readonly DisclosureAnswer[];
};

/** The values of an answer, opened page by page each time they are asked for, oldest first. */
export type Values = () => AsyncIterable<PackedRecord>;

/** A package whose bytes rest sealed in the object store. */
export type StoredPackage = {
  readonly id: PackageId;
  readonly instructionId: InstructionId;
  readonly subjectId: SubjectId;
  readonly state: 'READY' | 'EXPIRED';
  readonly keyId: string | null;
  readonly sizeBytes: number;
  readonly chunkBytes: number;
  readonly noncePrefix: Uint8Array<ArrayBuffer>;
  readonly manifestSha256: string;
  readonly readyAt: Date;
  /** Null of one that is kept until what it holds is erased. */
  readonly expiresAt: Date | null;
  readonly downloads: number;
  /** Of what is returned in parts: which one, 0 of what lists them. Null of a package that is whole by itself. */
  readonly part: number | null;
};

/** A document of the subject that may go in. */
export type HeldDocument = StoredDocument;
