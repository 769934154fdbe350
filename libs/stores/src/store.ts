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

/**
 * Which part of a subject is meant: these elements, or everything when none are named; of that, not those in `except`, and
 * where `under` is given what rests under these keys alone, so that what came in later is not meant.
 */
export type Scope = {
  readonly subjectId: SubjectId;
  readonly elements?: readonly ElementCode[];
  readonly except?: readonly ElementCode[];
  readonly under?: readonly KeyId[];
};

/** Whether the whole subject is meant: nothing of it is left out. */
export const isWhole = ({ elements, except, under }: Scope): boolean =>
  elements === undefined && under === undefined && (except === undefined || except.length === 0);

/** A row and the key that its content is sealed under. */
export type KeyedRow = { readonly id: string; readonly subjectId: SubjectId; readonly keyId: KeyId };

/** A number for each subject of which there is something to say; subjects without one are left out. */
export type Counts = ReadonlyMap<SubjectId, number>;

/** The elements held of each subject; those without one are left out. */
export type Elements = ReadonlyMap<SubjectId, readonly ElementCode[]>;

/** What of some scopes rests outside the database, as a transaction saw it. Neither method needs that transaction. */
export type Outside = {
  /** Removes it. Safe to call again. */
  remove(): Promise<void>;
  /** Counts what is there, reading afresh. */
  remaining(): Promise<Counts>;
};

/** What of a whole tenant rests outside the database, but for what is kept. None of it needs the transaction that saw it. */
export type WholeOutside = {
  /** Whether something is still coming in, so that no search can be the last one. */
  readonly isUnderWay: boolean;
  /** Removes it. Safe to call again. */
  remove(): Promise<void>;
  /** Counts what is there, reading afresh. */
  remaining(): Promise<number>;
};

/**
 * A place where personal data rests: an erasure visits each. Implementations never see plaintext, only what is sealed.
 * Every act takes the scopes of several subjects, of which each is named once: one statement for all of them.
 */
export abstract class Store {
  /** The store's name in receipts. */
  abstract readonly name: string;

  /** Counts what is held in scope, without touching a sealed byte. */
  abstract inventory(tx: TenantTx, scope: Scope): Promise<InventoryLine[]>;

  /** Which elements are held of each of these subjects. Those of whom nothing is held are left out. */
  abstract elementsOf(tx: TenantTx, subjects: readonly SubjectId[]): Promise<Elements>;

  /**
   * The labels of the keys that only this store's rows name, for what is held in scope. Left out by a store whose
   * values rest under their elements' keys.
   */
  keyLabels?(tx: TenantTx, scopes: readonly Scope[]): Promise<ReadonlyMap<SubjectId, readonly string[]>>;

  /** What of it rests outside the database and so cannot roll back. Left out by a store of rows alone. */
  outside?(tx: TenantTx, scopes: readonly Scope[]): Promise<Outside>;

  /** Those subjects of which something in scope is still coming in, so that no search can be the last one. Left out where that cannot be. */
  underWay?(tx: TenantTx, scopes: readonly Scope[]): Promise<ReadonlySet<SubjectId>>;

  /**
   * Up to `limit` rows after one, in the order of their ids, with their keys: what a sweep over everything reads. Rows of
   * subjects that are being erased are left out. Left out by a store whose rows are not sealed.
   */
  keyedRows?(
    tx: TenantTx,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly KeyedRow[]>;

  /** Removes every row in scope and returns how many records went. Safe to call again. */
  abstract eraseRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts>;

  /** Counts the rows that are left in scope, reading afresh. */
  abstract remainingRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts>;

  /** Counts every row that the tenant has here, reading afresh. */
  abstract countAll(tx: TenantTx): Promise<number>;

  /** What of the whole tenant rests outside the database, but for these scopes, so that what no row knows of goes too. Left out by a store of rows alone. */
  outsideOfAll?(tx: TenantTx, kept: readonly Scope[]): Promise<WholeOutside>;

  /** Removes everything in one scope, outside and inside the database, and returns how many records went. Safe to call again. */
  async erase(tx: TenantTx, scope: Scope): Promise<number> {
    await (await this.outside?.(tx, [scope]))?.remove();
    return (await this.eraseRows(tx, [scope])).get(scope.subjectId) ?? 0;
  }

  /** Counts what is left in one scope, reading afresh. An erasure is done only when this says zero. */
  async remaining(tx: TenantTx, scope: Scope): Promise<number> {
    const outside = await (await this.outside?.(tx, [scope]))?.remaining();
    const rows = await this.remainingRows(tx, [scope]);
    return (outside?.get(scope.subjectId) ?? 0) + (rows.get(scope.subjectId) ?? 0);
  }
}

/** A store of single values. Records arrive and leave sealed. */
export abstract class RecordStore extends Store {
  /** Keeps the records, all or none. The subject's row exists and is locked by the caller. */
  abstract write(tx: TenantTx, records: readonly SealedRecord[]): Promise<void>;

  /** Every record of these subjects and elements, by one statement, oldest first: for elements of which each has few. */
  abstract readOf(
    tx: TenantTx,
    subjects: readonly SubjectId[],
    elements: readonly ElementCode[],
  ): Promise<SealedRecord[]>;

  /** Yields every record in scope, oldest first. Yields nothing, rather than failing, when there is none. */
  abstract read(tx: TenantTx, scope: Scope): AsyncIterable<SealedRecord>;
}

/** Every store of the house: an erasure visits all of them. */
export abstract class Stores {
  /** Where values rest that came as records. */
  abstract readonly records: RecordStore;

  /** All stores, in the order in which an erasure visits them: consents after all that was taken in under them. */
  abstract all(): readonly Store[];
}
