import { type KeyId, type RecordId, type SubjectId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';

/** One value about a subject, as it rests: classified in the clear, its content sealed. */
export type SealedRecord = {
  readonly id: RecordId;
  readonly subjectId: SubjectId;
  readonly element: ElementCode;
  readonly source: string;
  readonly purpose: string;
  readonly collectedAt: Date;
  readonly createdAt: Date;
  readonly keyId: KeyId;
  readonly sealed: Uint8Array<ArrayBuffer>;
};

/** How many values of one element are held, of which source and for which purpose. */
export type InventoryLine = {
  readonly element: ElementCode;
  readonly source: string;
  readonly purpose: string;
  readonly count: number;
};

/** Which part of a subject is meant: these elements, or everything when none are named. */
export type Scope = { readonly subjectId: SubjectId; readonly elements?: readonly ElementCode[] };

/** A place where personal data rests. Implementations never see plaintext: records arrive and leave sealed. */
export interface Store {
  /** The store's name in receipts. */
  readonly name: string;

  /** Keeps the records, all or none. The subject's row exists and is locked by the caller. */
  write(tx: TenantTx, records: readonly SealedRecord[]): Promise<void>;

  /** Yields every record in scope, oldest first. Yields nothing, rather than failing, when there is none. */
  read(tx: TenantTx, scope: Scope): AsyncIterable<SealedRecord>;

  /** Counts what is held in scope, without touching a sealed byte. */
  inventory(tx: TenantTx, scope: Scope): Promise<InventoryLine[]>;

  /** Removes every record in scope and returns how many went. Safe to call again. */
  erase(tx: TenantTx, scope: Scope): Promise<number>;

  /** Counts what is left in scope, reading afresh. An erasure is done only when this says zero. */
  remaining(tx: TenantTx, scope: Scope): Promise<number>;
}

/** Every store of the house: an erasure visits all of them. */
export abstract class Stores {
  /** Where values rest that came as records. */
  abstract readonly records: Store;

  /** All stores, in the order in which an erasure visits them. */
  abstract all(): readonly Store[];
}
