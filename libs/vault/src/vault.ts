import { type Id, type InstructionId, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import {
  type HeldOwner,
  type Intent,
  type LabelledKey,
  type LedgerLine,
  type Remaining,
  type Shredding,
} from './vault.erasure.js';
import { type Admission, type Admitted, type SealedUnder } from './vault.admission.js';
import { type DocumentKey, type DocumentOpener, type DocumentSealer } from './vault.documents.js';
import { type DailyMac, type WindowMarks, type WindowSearch } from './vault.windows.js';

export type { Admission, Admitted, LabelledSealing, SealedUnder } from './vault.admission.js';

/** Whose keys these are: a subject's, an instruction's (its request record), an instructor's, or the tenant's own. */
export type Owner = SubjectId | InstructionId | Id<'instructor'> | Id<'house'>;

/** A tenant's trees of keys, each under a root of its own: SUBJECTS goes when the tenant leaves, REQUESTS stays. */
export type Tree = 'SUBJECTS' | 'REQUESTS';

export type IdentityType = 'EXTERNAL_ID' | 'EMAIL' | 'PHONE' | 'DOCUMENT_NUMBER';

/** Something a subject is known by. It is never stored: the index holds its HMAC under a key of the tenant. */
export type Identity = { readonly type: IdentityType; readonly value: string };

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

  /** The keys of the subject's current generation for these labels, made where missing. */
  abstract keysFor(
    tenantId: TenantId,
    owner: Owner,
    labels: readonly string[],
  ): Promise<ReadonlyMap<string, KeyId>>;

  /**
   * Removes the key that was made for this label and no other at the same time, if there is one, because nothing that is
   * sealed under it is kept. This shreds nothing: an older copy of the key store opens it until the owner is shredded.
   */
  abstract dropKey(tenantId: TenantId, owner: Owner, label: string): Promise<void>;

  /** Every subject known by each identity, however it was spelt, in order; none is an empty list. */
  abstract findAll(tenantId: TenantId, identities: readonly Identity[]): Promise<SubjectId[][]>;

  /** The same for one. */
  async find(tenantId: TenantId, identity: Identity): Promise<SubjectId[]> {
    return (await this.findAll(tenantId, [identity]))[0] ?? [];
  }

  /** Seals each plaintext under its key, in order. `KEY_SHREDDED` when a key does not exist, for all or none. */
  abstract seal(tenantId: TenantId, items: readonly Sealing[]): Promise<Uint8Array[]>;

  /**
   * Makes the owners' keys for these labels where they are missing and seals each plaintext under its own, in one
   * transaction. Returns the keys' ids with the sealed bytes, in order.
   */
  abstract sealAllFor(
    tenantId: TenantId,
    what: { readonly tree: Tree; readonly items: readonly OwnSealing[] },
  ): Promise<SealedUnder[]>;

  /** The same for one. */
  async sealFor(
    tenantId: TenantId,
    { tree, ...item }: OwnSealing & { readonly tree: Tree },
  ): Promise<SealedUnder> {
    const [sealed] = await this.sealAllFor(tenantId, { tree, items: [item] });
    if (sealed === undefined) throw new Error('what was sealed did not come back');
    return sealed;
  }

  /** Opens each value, in order, for all or none. `KEY_SHREDDED` when a key does not exist, `SEAL_BROKEN` when a value is not what was sealed for this tenant, key and binding. */
  abstract open(tenantId: TenantId, items: readonly Sealed[]): Promise<Uint8Array[]>;

  /**
   * Those of these keys that do not exist, or exist no more. What this says to exist is not shredded before the
   * answer is given; who must know longer keeps shreddings from starting, as whoever holds a subject's row does.
   */
  abstract gone(tenantId: TenantId, keyIds: readonly KeyId[]): Promise<KeyId[]>;

  /** Those of these keys that nothing more may be sealed under: they are gone, or of a generation before their owner's current one. */
  abstract closed(tenantId: TenantId, keyIds: readonly KeyId[]): Promise<KeyId[]>;

  /**
   * Begins a new generation of the subject's keys and returns the keys of those before: `keysFor` and `admitAll` make and
   * find keys of the new one alone, on which the external id hangs from then on. Call again after any failure.
   */
  abstract openGeneration(tenantId: TenantId, owner: Owner): Promise<readonly LabelledKey[]>;

  /** Seals one document under a key that no other document has. */
  abstract sealer(tenantId: TenantId, key: DocumentKey): DocumentSealer;

  /** Opens a document that was sealed so. */
  abstract opener(
    tenantId: TenantId,
    key: DocumentKey & { readonly noncePrefix: Uint8Array },
  ): DocumentOpener;

  /**
   * Every key that each owner has, of every generation, in the order they were made; of these labels only, when given.
   * An owner without any is left out.
   */
  abstract keysOfAll(
    tenantId: TenantId,
    asked: readonly { readonly owner: Owner; readonly labels?: readonly string[] | undefined }[],
  ): Promise<ReadonlyMap<Owner, readonly KeyId[]>>;

  /** The same for one owner. */
  async keysOf(tenantId: TenantId, owner: Owner, labels?: readonly string[]): Promise<readonly KeyId[]> {
    return (await this.keysOfAll(tenantId, [{ owner, labels }])).get(owner) ?? [];
  }

  /** Counts what is left of each owner, reading afresh. One of whom nothing is left is left out. */
  abstract remainingAll(tenantId: TenantId, owners: readonly Owner[]): Promise<ReadonlyMap<Owner, Remaining>>;

  /** The same for one owner. */
  async remaining(tenantId: TenantId, owner: Owner): Promise<Remaining> {
    return (await this.remainingAll(tenantId, [owner])).get(owner) ?? { keys: 0, indexEntries: 0 };
  }

  /** Up to `limit` owners of a tree after one, in the order of their ids, with the keys that they have. */
  abstract owners(
    tenantId: TenantId,
    page: { readonly tree: Tree; readonly after: Owner | null; readonly limit: number },
  ): Promise<readonly HeldOwner[]>;

  /**
   * Writes down what is going to be shredded, before anything is: the first step of an erasure, and what is replayed
   * when an older data database is restored. The same again changes nothing; keys that are new are added.
   */
  abstract intend(tenantId: TenantId, intents: readonly Intent[]): Promise<void>;

  /**
   * Destroys keys: they and their index entries go, the path above them is re-keyed, the tenant's old root is destroyed
   * on every keyring replica. Calls of one process that come while a rotation is under way share the next.
   * Keys already gone are no error. After any failure call again with the same
   * instruction: the end is the same, and so are the numbers and instants. `KEYRING_INCOMPLETE` when the new
   * root cannot be proved on every replica; then no root has been destroyed.
   */
  abstract shred(
    tenantId: TenantId,
    keyIds: readonly KeyId[],
    reason: { readonly instructionId: InstructionId },
  ): Promise<Shredding>;

  /** The same for many instructions in one rotation: all are shredded, or the call fails and is made again. */
  abstract shredAll(
    tenantId: TenantId,
    orders: readonly { readonly instructionId: InstructionId; readonly keyIds: readonly KeyId[] }[],
  ): Promise<ReadonlyMap<InstructionId, Shredding>>;

  /**
   * Destroys the root of the tenant's whole SUBJECTS tree, whatever hangs below it. From then on its keys are
   * `KEY_SHREDDED` and the tenant admits nobody; keys to `keep` (those on hold) still open, and are shredded one by one
   * later. The keys of its days are destroyed before: no MAC that `dailyMacs` made until then can be confirmed. Call again after any failure; what is kept is decided by the first call that got through.
   */
  abstract leave(
    tenantId: TenantId,
    order: { readonly instructionId: InstructionId; readonly keep?: readonly KeyId[] | undefined },
  ): Promise<Shredding>;

  /**
   * Removes up to about `count` rows of a tree that the tenant left. Returns how many went: none when nothing is left,
   * and none while the tenant is here.
   */
  abstract clearLeft(tenantId: TenantId, count: number): Promise<number>;

  /** Every line of the tenant's ledger, in the order of instructions, read afresh page by page. */
  abstract ledger(tenantId: TenantId): AsyncIterable<LedgerLine>;

  /** Every tenant that the key store knows, those that left too. */
  abstract tenants(): Promise<TenantId[]>;

  /**
   * Moves the blind index to a new key and shreds the old one, so that no guess of an identity that was erased before
   * this call can be confirmed from any old copy. The service goes on meanwhile. After a failure call again.
   */
  abstract renewIndex(tenantId: TenantId): Promise<{ readonly entries: number; readonly renewedAt: Date }>;

  /**
   * Destroys daily keys that have expired, as `shred` does. Also finishes what a crash left, and destroys retired roots
   * that came back on a replica: `rootsReturned` of them.
   */
  abstract sweep(
    tenantId: TenantId,
  ): Promise<{ readonly rootsDestroyed: number; readonly rootsReturned: number }>;

  /** The MAC of each of `data`, in order, under the tenant's key of the UTC day for `use`, and under yesterday's. A key expires 48 hours after its day began and goes with the next `shred` or `sweep`. */
  abstract dailyMacs(tenantId: TenantId, use: string, data: readonly Uint8Array[]): Promise<DailyMac[]>;

  /**
   * The MAC, 16 bytes, of each identity, however it is spelt, in order, under the tenant's key of this window for `use`,
   * made where missing; they are kept beside it, for `MarkMirror`. The key expires `days` days after the beginning of the window's UTC day and goes with the next
   * `shred` or `sweep`: then no guess can be confirmed from any copy of a MAC. `VALIDATION_FAILED` when it has ended.
   */
  abstract beginWindow(tenantId: TenantId, what: WindowMarks): Promise<Uint8Array[]>;

  /** The same under each of these windows, in order; null for one that has ended or was never begun. */
  abstract windowMacs(tenantId: TenantId, what: WindowSearch): Promise<(Uint8Array[] | null)[]>;

  /** What the key store's own settings and standbys say now. */
  abstract durability(): Promise<Durability>;
}
