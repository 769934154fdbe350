import { type Bare } from './formats.js';
import { type Held } from './take-in.js';
import { type ProductReading } from './through-product.js';
import { type GivenReceipt } from './receipts.js';
import { type Haystack, type Resting, type Searched } from './search.js';
import { type Business } from './scene.js';

/**
 * The instants at which what lives was taken: before the erasures, when a Business that leaves was said to be unreadable,
 * after all of them, and when time had passed.
 */
export const INSTANTS = ['before', 'left', 'after', 'soon', 'late'] as const;
export type Instant = (typeof INSTANTS)[number];

/** A root on a replica of the keyring. */
export type RootCopy = {
  readonly tenantId: string;
  readonly rootId: string;
  readonly replica: string;
  readonly key: Buffer;
};

/** Keys that are sealed as one under another: a branch, or a pack. */
export type Wrap = {
  readonly tenantId: string;
  readonly kind: 'branch' | 'pack';
  /** Of a branch: `tree/level/place`. Of a pack: its owner. */
  readonly of: string;
  /** What it may have been bound to. */
  readonly contexts: readonly Buffer[];
  readonly sealed: Buffer;
  /** Of a pack: id and label of each key in it, in order. A branch's children have no name. */
  readonly keys: readonly { readonly id: string; readonly label: string }[];
};

/** What is known of a sealed value besides the key: which block of it, and what the right key makes of its counter. */
export type Thing = {
  readonly kind: 'value' | 'document' | 'digest' | 'writing' | 'package';
  readonly tenantId: string;
  readonly keyId: string;
  /** The subject, or of a writing the instruction. */
  readonly of: string;
  readonly element: string;
  readonly counter: Buffer;
  readonly keystream: Buffer;
  readonly bare: Bare;
  /** The whole of what it says, as far as it is known. */
  readonly known: Buffer;
};

/** A value by which a right guess can be confirmed. */
export type Tag = {
  readonly kind: 'index' | 'suppression' | 'idempotency';
  readonly tenantId: string;
  readonly bytes: Buffer;
};

/** Something of a subject in a living store. */
export type Left = { readonly store: string; readonly subjectId: string };

/** What rests in one copy of both databases and the object store. */
export type Rows = {
  readonly wraps: readonly Wrap[];
  readonly things: readonly Thing[];
  readonly tags: readonly Tag[];
  readonly left: readonly Left[];
  /** The roots in force, as `tenant/root`. */
  readonly inForce: ReadonlySet<string>;
  /** Instructions of which it is said that no guess can be confirmed any more. */
  readonly unguessable: ReadonlySet<string>;
  /** Every row of every table as text. */
  readonly texts: readonly Resting[];
};

/** Who is who: the facts of the scene by the ids that rows have. */
export type Facts = {
  readonly businesses: readonly Business[];
  readonly subjects: ReadonlyMap<string, Held>;
  /** What instructions are about. */
  readonly orders: ReadonlyMap<string, Ordered>;
};

/** Whom an instruction is about, and what it says. */
export type Ordered = { readonly subjects: readonly string[]; readonly writing: string };

/** A portable backup that was made before the erasures. */
export type Portable = {
  /** What it says in files, but for the documents. */
  readonly files: readonly Resting[];
  /** An api over the backup as it is restored and replayed. */
  readonly reading: ProductReading;
};

/** All that the attacker holds. Every claim is judged over it, and a fault is another one. */
export type Loot = {
  readonly facts: Facts;
  readonly haystack: Haystack;
  /** Whether data keys are tried on wraps too, as if one could hang below them. */
  readonly all: boolean;
  /** What was searched of each copy. */
  readonly searched: readonly Searched[];
  /** What a fault has left lying around. */
  readonly planted: readonly Resting[];
  readonly rows: readonly Rows[];
  readonly roots: Readonly<Record<Instant, readonly RootCopy[]>>;
  readonly living: Readonly<Record<Exclude<Instant, 'before'>, Rows>>;
  /** An api beside an older data database, with the key store and keyring that live. */
  readonly besideOldData: ProductReading;
  /** The same, with marks forged so that it opens. */
  readonly behindLivingKeys: ProductReading;
  readonly throughProduct: ProductReading;
  readonly portable: Portable;
  readonly receipts: readonly GivenReceipt[];
};
