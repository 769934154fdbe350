import { type Id, type InstructionId, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { type DocumentKey, type DocumentOpener, type DocumentSealer } from './vault.documents.js';

/** Whose keys these are: a subject's, an instruction's (its request record), an instructor's, or the house keys of a tenant. */
export type Owner = SubjectId | InstructionId | Id<'instructor'> | TenantId;

export type IdentityType = 'EXTERNAL_ID' | 'EMAIL' | 'PHONE' | 'DOCUMENT_NUMBER';

/** Something a subject is known by. It is never stored: the index holds its HMAC under a key of the tenant. */
export type Identity = { readonly type: IdentityType; readonly value: string };

/**
 * A subject on its way in: who it is to be if nobody has its external id yet, and which keys it needs. `seal`
 * is called once, as soon as it is known who the subject is, and says what is sealed under which of them.
 */
export type Admission = {
  readonly candidate: SubjectId;
  readonly identities: readonly Identity[];
  readonly labels: readonly string[];
  readonly seal?: (subjectId: SubjectId) => readonly LabelledSealing[];
};

/** A plaintext to be sealed under the subject's key for `label`. */
export type LabelledSealing = Omit<Sealing, 'keyId'> & { readonly label: string };

/** Sealed bytes with the key that opens them. */
export type SealedUnder = { readonly keyId: KeyId; readonly sealed: Uint8Array };

/**
 * Who was admitted, a key for every label asked for and every identity given (label = its type), and what `seal`
 * asked for, in order.
 */
export type Admitted = {
  readonly subjectId: SubjectId;
  readonly keys: ReadonlyMap<string, KeyId>;
  readonly sealed: readonly SealedUnder[];
};

/** `binding` is authenticated, not stored: what the value belongs to, in labels that never change. */
export type Sealing = {
  readonly keyId: KeyId;
  readonly binding: readonly string[];
  readonly plaintext: Uint8Array;
};

/** A plaintext to be sealed under the key that `owner` has for `label`. */
export type OwnSealing = Omit<Sealing, 'keyId'> & { readonly owner: Owner; readonly label: string };

export type Sealed = {
  readonly keyId: KeyId;
  readonly binding: readonly string[];
  readonly sealed: Uint8Array;
};

/** What a shredding came to. The same instruction gets the same answer, however often it asks. */
export type Shredding = {
  /** The old root is destroyed: every older copy of the key tables is noise from here on. */
  readonly sealedAt: Date;
  /** No process can read from here on. No process keeps keys, so it is the instant of `sealedAt`. */
  readonly unreadableAt: Date;
  readonly keysShredded: number;
  readonly rootsDestroyed: number;
};

/** What is left of an owner. */
export type Remaining = { readonly keys: number; readonly indexEntries: number };

/** HMAC-SHA256, 32 bytes each. `yesterday` is null when no key was made that day or it is gone. */
export type DailyMac = { readonly today: Uint8Array; readonly yesterday: Uint8Array | null };

/** Where a commit of the key store rests before it counts: on a standby elsewhere, on one beside it, nowhere else. */
export type Durability = 'SYNC_REMOTE' | 'SYNC_LOCAL' | 'SINGLE';

/**
 * The keys of every tenant. After `shred` returns, whoever holds every copy ever made of the key store and
 * every living keyring file cannot unwrap a shredded key, and every other key still opens.
 *
 * Every method may throw `SERVICE_UNAVAILABLE` (the key store does not answer: call again), `KEY_STORE_STALE`
 * (it does not know the tenant, or names a root no keyring has), `KEYRING_INCOMPLETE` and `KEYRING_UNSAFE`.
 */
export abstract class Vault {
  /** Makes the tenant's root and house keys. Safe to call again. `KEY_STORE_STALE` when the keyring knows the tenant and the key store does not. */
  abstract openTenant(tenantId: TenantId): Promise<void>;

  /**
   * For each admission finds the subject with this external id or claims the id for `candidate`, puts every
   * identity into the index, makes the keys that are missing and seals, all in one transaction: of a batch either
   * everything is kept or nothing. Answers in order. Of concurrent claims of one external id, in one batch or in
   * several, one wins and all get the same subject. `VALIDATION_FAILED` unless every admission has exactly one
   * external id and no empty identity: see `assertAdmission`, which judges one beforehand.
   */
  abstract admitAll(tenantId: TenantId, admissions: readonly Admission[]): Promise<readonly Admitted[]>;

  /** The keys of the owner's current generation for these labels, made where missing. */
  abstract keysFor(
    tenantId: TenantId,
    owner: Owner,
    labels: readonly string[],
  ): Promise<ReadonlyMap<string, KeyId>>;

  /** Every subject known by this identity, however it was spelt; none is an empty list. */
  abstract find(tenantId: TenantId, identity: Identity): Promise<SubjectId[]>;

  /** Seals each plaintext under its key, in order. `KEY_SHREDDED` when a key does not exist, for all or none. */
  abstract seal(tenantId: TenantId, items: readonly Sealing[]): Promise<Uint8Array[]>;

  /**
   * Makes the owner's key for this label where it is missing and seals the plaintext under it, in one
   * transaction. Returns the key's id with the sealed bytes.
   */
  abstract sealFor(tenantId: TenantId, item: OwnSealing): Promise<SealedUnder>;

  /** Opens each value, in order, for all or none. `KEY_SHREDDED` when a key does not exist, `SEAL_BROKEN` when a value is not what was sealed for this tenant, key and binding. */
  abstract open(tenantId: TenantId, items: readonly Sealed[]): Promise<Uint8Array[]>;

  /**
   * Those of these keys that do not exist, or exist no more. What this says to exist is not shredded before the
   * answer is given; who must know longer keeps shreddings from starting, as whoever holds a subject's row does.
   */
  abstract gone(tenantId: TenantId, keyIds: readonly KeyId[]): Promise<KeyId[]>;

  /** Seals one document under a key that no other document has. */
  abstract sealer(tenantId: TenantId, key: DocumentKey): DocumentSealer;

  /** Opens a document that was sealed so. */
  abstract opener(
    tenantId: TenantId,
    key: DocumentKey & { readonly noncePrefix: Uint8Array },
  ): DocumentOpener;

  /** Every key the owner has, of every generation, in the order they were made; of these labels only, when given. */
  abstract keysOf(tenantId: TenantId, owner: Owner, labels?: readonly string[]): Promise<KeyId[]>;

  /** Counts what is left of the owner, reading afresh. */
  abstract remaining(tenantId: TenantId, owner: Owner): Promise<Remaining>;

  /**
   * Destroys keys: they and their index entries go, the tree is re-keyed, the tenant's old root is destroyed
   * on every keyring replica. Keys already gone are no error. After any failure call again with the same
   * instruction: the end is the same, and so are the numbers and instants. `KEYRING_INCOMPLETE` when the new
   * root cannot be proved on every replica; then no root has been destroyed.
   */
  abstract shred(
    tenantId: TenantId,
    keyIds: readonly KeyId[],
    reason: { readonly instructionId: InstructionId },
  ): Promise<Shredding>;

  /** Destroys daily keys that have expired, as `shred` does. Also finishes what a crash left. */
  abstract sweep(tenantId: TenantId): Promise<{ readonly rootsDestroyed: number }>;

  /** The MAC of each of `data`, in order, under the tenant's key of the UTC day for `use`, and under yesterday's. A key expires 48 hours after its day began and goes with the next `shred` or `sweep`. */
  abstract dailyMacs(tenantId: TenantId, use: string, data: readonly Uint8Array[]): Promise<DailyMac[]>;

  /** What the key store's own settings and standbys say now. */
  abstract durability(): Promise<Durability>;
}
