import { type EntryId } from '@personr/kernel';
import { type TreeHead } from './signed-heads.js';

/** What an entry's commitment was made of: a receipt's salt, and its body as canonical JSON. No personal data. */
export type Opening = { readonly salt: Uint8Array<ArrayBuffer>; readonly body: string };

/** An entry that has no place in the log yet, or has just got one. */
export type PendingEntry = {
  readonly id: EntryId;
  readonly entry: Uint8Array<ArrayBuffer>;
  readonly opening: Opening | null;
};

/** Entries that get their places together, from `from` on, and the tree that they make with all before them. */
export type Batch = {
  readonly from: number;
  readonly head: TreeHead;
  readonly entries: readonly PendingEntry[];
};

type Spelled = { id: string; entry: string; opening: SpelledOpening | null };
type SpelledOpening = { salt: string; body: string };

/** Writes a batch as JSON. */
export function encodeBatch({ from, head, entries }: Batch): Uint8Array {
  const spelled = entries.map(({ id, entry, opening }): Spelled => ({
    id,
    entry: toBase64(entry),
    opening: opening === null ? null : spellOpening(opening),
  }));
  return Buffer.from(JSON.stringify({ from, size: head.size, root: toBase64(head.root), entries: spelled }));
}

/** Reads a batch. Throws for bytes that `encodeBatch` did not write. */
export function decodeBatch(bytes: Uint8Array): Batch {
  const spelled = JSON.parse(Buffer.from(bytes).toString()) as {
    from: number;
    size: number;
    root: string;
    entries: Spelled[];
  };
  const entries = spelled.entries.map(({ id, entry, opening }): PendingEntry => ({
    id: id as EntryId,
    entry: bytesOf(entry),
    opening: opening === null ? null : readOpening(opening),
  }));
  return { from: spelled.from, head: { size: spelled.size, root: bytesOf(spelled.root) }, entries };
}

/** The name of a batch's file: no two different batches have one name, so a late writer can spoil nothing. */
export const batchName = ({ from, head }: Pick<Batch, 'from' | 'head'>): string =>
  `${String(from)}-${String(head.size)}-${Buffer.from(head.root).toString('hex')}`;

const NAME = /^(\d+)-(\d+)-([0-9a-f]{64})$/;

/** Reads a batch's name back, or null when it is none. */
export function parseBatchName(name: string): Pick<Batch, 'from' | 'head'> | null {
  const [, from, size, root] = NAME.exec(name) ?? [];
  if (root === undefined) return null;
  return { from: Number(from), head: { size: Number(size), root: Buffer.from(root, 'hex') } };
}

/** An opening as JSON writes it. */
export const spellOpening = ({ salt, body }: Opening): SpelledOpening => ({ salt: toBase64(salt), body });

/** Reads an opening back. */
export const readOpening = ({ salt, body }: SpelledOpening): Opening => ({ salt: bytesOf(salt), body });

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64'));
