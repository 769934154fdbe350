import { type ConsentId, type KeyId, type RecordId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type Role } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';

/** One value about a subject, as it rests: classified in the clear, its content sealed. */
export type SealedRecord = {
  readonly id: RecordId;
  readonly subjectId: SubjectId;
  /** In which role it is held: its subject's, or the database refuses it. */
  readonly role: Role;
  readonly element: ElementCode;
  readonly source: string;
  readonly purpose: string;
  /** The consent of the same subject under which it was taken in; null where none was needed. */
  readonly consentId: ConsentId | null;
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

/** A place where personal data rests: an erasure visits each. Implementations never see plaintext, only what is sealed. */
export interface Store {
  /** The store's name in receipts. */
  readonly name: string;

  /** Counts what is held in scope, without touching a sealed byte. */
  inventory(tx: TenantTx, scope: Scope): Promise<InventoryLine[]>;

  /**
   * The labels of the keys that only this store's rows name, for what is held in scope. Left out by a store whose
   * values rest under their elements' keys.
   */
  keyLabels?(tx: TenantTx, scope: Scope): Promise<readonly string[]>;

  /** Removes everything in scope and returns how much went. Safe to call again. */
  erase(tx: TenantTx, scope: Scope): Promise<number>;

  /** Counts what is left in scope, reading afresh. An erasure is done only when this says zero. */
  remaining(tx: TenantTx, scope: Scope): Promise<number>;
}

/** A store of single values. Records arrive and leave sealed. */
export interface RecordStore extends Store {
  /** Keeps the records, all or none. The subject's row exists and is locked by the caller. */
  write(tx: TenantTx, records: readonly SealedRecord[]): Promise<void>;

  /** Yields every record in scope, oldest first. Yields nothing, rather than failing, when there is none. */
  read(tx: TenantTx, scope: Scope): AsyncIterable<SealedRecord>;
}

/** Every store of the house: an erasure visits all of them. */
export abstract class Stores {
  /** Where values rest that came as records. */
  abstract readonly records: RecordStore;

  /** All stores, in the order in which an erasure visits them: consents after all that was taken in under them. */
  abstract all(): readonly Store[];
}
