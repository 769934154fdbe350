import { type InstructionId, type KeyId, type SubjectId } from '@personr/kernel';
import { type Owner } from './vault.js';

/** What a shredding came to. The same instruction gets the same answer, however often it asks. */
export type Shredding = {
  /** The old root is destroyed: every older copy of the key tables is noise from here on. */
  readonly sealedAt: Date;
  /** No process can read from here on. No process keeps keys, so it is the instant of `sealedAt`. */
  readonly unreadableAt: Date;
  /** No guess of an identity can be confirmed from any old copy from here on; null until `renewIndex` has made it so. */
  readonly unguessableAt: Date | null;
  readonly keysShredded: number;
  readonly rootsDestroyed: number;
};

/**
 * What is going to be erased, and by which instruction: of a subject these elements, or all of it when there are none;
 * without a subject, the tenant's whole tree. `keyIds` are those known when it was written.
 */
export type Intent = {
  readonly instructionId: InstructionId;
  readonly subjectId: SubjectId | null;
  readonly elements: readonly string[];
  readonly keyIds: readonly KeyId[];
};

/** An intent as the ledger has it, with what became of it. `keyIds` are those intended and those shredded. */
export type LedgerLine = Intent & {
  readonly scope: 'SUBJECT' | 'TENANT';
  readonly intendedAt: Date;
  readonly shreddedAt: Date | null;
  readonly sealedAt: Date | null;
  readonly unguessableAt: Date | null;
};

/** A key and what it is for. */
export type LabelledKey = { readonly keyId: KeyId; readonly label: string };

/** An owner of keys, as a sweep over everything sees it. `isHouse` marks the tenant's own keys. */
export type HeldOwner = {
  readonly owner: Owner;
  readonly isHouse: boolean;
  readonly keys: readonly LabelledKey[];
  readonly indexEntries: number;
};

/** What is left of an owner. */
export type Remaining = { readonly keys: number; readonly indexEntries: number };
