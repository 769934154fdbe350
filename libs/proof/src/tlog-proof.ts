import { fromBase64, toBase64 } from './bytes.js';
import { checkCount, invalid, malformed } from './refusal.js';
import { HASH_BYTES } from './tree.js';

/**
 * An offline proof that an entry is in a log: its index (from 0), the path from the leaf up, the signed
 * checkpoint, and `extra`, which nothing authenticates.
 */
export type TlogProof = {
  index: number;
  path: readonly Uint8Array[];
  checkpoint: string;
  extra?: Uint8Array;
};

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PATH = 63;
const TEXT = new RegExp(
  `^${HEADER.replaceAll('.', '\\.')}\\n(?:extra ([^\\n]+)\\n)?index (0|[1-9]\\d{0,15})\\n((?:[^\\n]+\\n)*)\\n`,
);

/** Writes the proof as text (C2SP tlog-proof). Throws `PROOF_INVALID` for an index or hash that cannot be one. */
export function formatTlogProof({ index, path, checkpoint, extra }: TlogProof): string {
  if (path.length > MAX_PATH || path.some((hash) => hash.length !== HASH_BYTES)) {
    throw invalid('An inclusion path is at most 63 hashes of 32 bytes.');
  }
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${checkCount(index, 'index')}`,
    ...path.map(toBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * Reads a proof. It is not verified by that: `openCheckpoint` and `verifyInclusion` do it. Throws
 * `NOTE_MALFORMED` for anything that is not the one spelling of a proof.
 */
export function parseTlogProof(text: string): TlogProof {
  const match = TEXT.exec(text);
  if (match === null) throw malformed('The proof is not a tlog-proof of version 1.');
  const [whole, extra, digits, lines = ''] = match;
  const index = Number(digits);
  if (!Number.isSafeInteger(index)) throw malformed('The index of the proof is too large.');
  const proof = { index, path: parsePath(lines), checkpoint: text.slice(whole.length) };
  return extra === undefined ? proof : { ...proof, extra: parseExtra(extra) };
}

function parsePath(lines: string): Uint8Array[] {
  const path = lines.split('\n').slice(0, -1).map(fromBase64);
  if (path.length > MAX_PATH || !path.every(isHash)) {
    throw malformed('The path of the proof is not at most 63 hashes in base64.');
  }
  return path;
}

function parseExtra(base64: string): Uint8Array {
  const extra = fromBase64(base64);
  if (extra === undefined) throw malformed('The extra data of the proof is not base64.');
  return extra;
}

const isHash = (bytes: Uint8Array | undefined): bytes is Uint8Array => bytes?.length === HASH_BYTES;
