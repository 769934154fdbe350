import { type EntryId, type TenantId } from '@personr/kernel';
import { type LogName, type TreeHead } from './signed-heads.js';

/** What an entry's commitment was made of: a receipt's salt, and its body as canonical JSON. No personal data. */
export type Opening = { readonly salt: Uint8Array<ArrayBuffer>; readonly body: string };

/** An entry that has no place in the log yet, or has just got one. */
export type PendingEntry = {
  readonly id: EntryId;
  readonly entry: Uint8Array<ArrayBuffer>;
  readonly opening: Opening | null;
};

/** A tree that comes after another one of the same log. */
export type Link = LogName & { readonly before: TreeHead; readonly head: TreeHead };

/** Entries of a log that get their places together, behind the tree before, and the tree that they make with it. */
export type Batch = Link & { readonly entries: readonly PendingEntry[] };

type SpelledLink = {
  tenantId: TenantId;
  origin: string;
  from: number;
  fromRoot: string;
  size: number;
  root: string;
};
type Spelled = { id: EntryId; entry: string; opening: SpelledOpening | null };
type SpelledOpening = { salt: string; body: string };

/** Writes batches of many logs as lines of JSON: the first says the trees of all, each later one the entries of one. */
export function encodeGroup(batches: readonly Batch[]): Uint8Array {
  const links = batches.map(({ tenantId, origin, before, head }): SpelledLink => ({
    tenantId,
    origin,
    from: before.size,
    fromRoot: toBase64(before.root),
    size: head.size,
    root: toBase64(head.root),
  }));
  const lines = [links, ...batches.map(({ entries }) => entries.map(spell))];
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Reads which trees a group has. Throws for bytes that `encodeGroup` did not write. */
export function decodeLinks(bytes: Uint8Array): Link[] {
  const text = Buffer.from(bytes);
  const links = JSON.parse(text.subarray(0, text.indexOf('\n')).toString()) as SpelledLink[];
  return links.map(({ tenantId, origin, from, fromRoot, size, root }) => ({
    tenantId,
    origin,
    before: { size: from, root: bytesOf(fromRoot) },
    head: { size, root: bytesOf(root) },
  }));
}

/** Reads the batches of a group whose trees are wanted. Throws for bytes that `encodeGroup` did not write. */
export function decodeGroup(bytes: Uint8Array, isWanted: (link: Link) => boolean): Batch[] {
  const [, ...lines] = Buffer.from(bytes).toString().split('\n');
  return decodeLinks(bytes).flatMap((link, at) =>
    isWanted(link) ? [{ ...link, entries: (JSON.parse(lines[at] ?? '') as Spelled[]).map(readPending) }] : [],
  );
}

const spell = ({ id, entry, opening }: PendingEntry): Spelled => ({
  id,
  entry: toBase64(entry),
  opening: opening === null ? null : spellOpening(opening),
});

const readPending = ({ id, entry, opening }: Spelled): PendingEntry => ({
  id,
  entry: bytesOf(entry),
  opening: opening === null ? null : readOpening(opening),
});

/** An opening as JSON writes it. */
export const spellOpening = ({ salt, body }: Opening): SpelledOpening => ({ salt: toBase64(salt), body });

/** Reads an opening back. */
export const readOpening = ({ salt, body }: SpelledOpening): Opening => ({ salt: bytesOf(salt), body });

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64'));
