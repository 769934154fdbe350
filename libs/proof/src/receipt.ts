import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { canonicalJson, DomainError, type Json } from '@personr/kernel';
import { fromBase64, fromUtf8, toBase64, utf8 } from './bytes.js';
import { parseJson } from './json-text.js';
import { META_SALT_BYTES } from './meta-log.js';
import { parseReceiptBody, type ReceiptBody } from './receipt-body.js';
import { invalid } from './refusal.js';
import { nullable, oneOf, shape, text, time } from './shape.js';
import { formatTlogProof, type TlogProof } from './tlog-proof.js';

/** The `format` member of every receipt of this version, and the domain of its commitment. */
export const RECEIPT_FORMAT = 'personr.receipt/v1';

/** Bytes of a receipt's salt. */
export const SALT_BYTES = 32;

/** Whether witnesses outside Personr cosigned a head of the meta-log that covers the receipt's checkpoint. */
export type Anchoring = (typeof ANCHORINGS)[number];
const ANCHORINGS = ['PENDING', 'COSIGNED'] as const;

/** Shows, in base64 and as a tlog-proof, that the meta-log holds the checkpoint of the receipt's `proof`. */
export type ReceiptAnchor = { readonly salt: string; readonly proof: string };

/**
 * A receipt as it is handed over, in JSON. FORMAT.md says what each member is. `anchoring` and `anchor` are missing
 * where nothing is anchored; neither is under the commitment, so a later fetch of the same receipt has more of them.
 */
export type Receipt = {
  readonly format: typeof RECEIPT_FORMAT;
  readonly body: ReceiptBody;
  readonly salt: string;
  readonly entry: string;
  readonly proof: string;
  readonly anchoring?: Anchoring;
  readonly anchor?: ReceiptAnchor | null;
};

/** A receipt read but not verified: `salt` and `entry` are the bytes that base64 said. */
export type ReadReceipt = {
  body: Json;
  salt: Uint8Array;
  entry: Uint8Array;
  proof: string;
  anchor: { salt: Uint8Array; proof: string } | null;
  /** How many members it has that this version does not know and nothing covers. */
  strangers: number;
};

/** The members of a log entry that a receipt leans on; an entry may have more. */
export type ReceiptEntry = {
  readonly event: string;
  readonly instructionId: string;
  readonly tenantId: string;
  readonly subjectRef: string | null;
  readonly at: string;
  readonly commitment: string;
};

/**
 * What the final entry holds of a receipt: base64 SHA-256 over "personr.receipt/v1", a line feed, the salt
 * and the canonical JSON (RFC 8785) of the body. Throws `PROOF_INVALID` unless the salt is 32 bytes, and
 * `JSON_NOT_CANONICAL` for a body that has no canonical spelling.
 */
export function receiptCommitment(salt: Uint8Array, body: Json): string {
  if (salt.length !== SALT_BYTES) throw invalid('The salt of a receipt is 32 bytes.');
  return toBase64(sha256(concatBytes(utf8(`${RECEIPT_FORMAT}\n`), salt, utf8(canonicalJson(body)))));
}

/**
 * How a receipt is anchored: the salt of the meta-log's entry for the checkpoint of its proof, and the proof of that
 * entry under a meta-log checkpoint, cosignatures included; null while there is none.
 */
export type AnchorParts = {
  readonly anchoring: Anchoring;
  readonly anchor: { readonly salt: Uint8Array; readonly proof: TlogProof } | null;
};

/** What a receipt is made of; `entry` is the bytes of the log entry. Without `anchored`, it says nothing of anchoring. */
export type ReceiptParts = {
  body: ReceiptBody;
  salt: Uint8Array;
  entry: Uint8Array;
  proof: TlogProof;
  anchored?: AnchorParts;
};

/** Puts a receipt together. It checks shapes only (`PROOF_INVALID`); `verifyReceipt` says whether it holds. */
export function composeReceipt({ body, salt, entry, proof, anchored }: ReceiptParts): Receipt {
  if (salt.length !== SALT_BYTES) throw invalid('The salt of a receipt is 32 bytes.');
  return {
    format: RECEIPT_FORMAT,
    body: parseReceiptBody(body),
    salt: toBase64(salt),
    entry: toBase64(entry),
    proof: formatTlogProof(proof),
    ...(anchored === undefined ? {} : composeAnchor(anchored)),
  };
}

function composeAnchor({ anchoring, anchor }: AnchorParts): Pick<Receipt, 'anchoring' | 'anchor'> {
  if (anchor === null) {
    if (anchoring === 'COSIGNED') throw invalid('A receipt that is cosigned carries its anchor.');
    return { anchoring, anchor };
  }
  if (anchor.salt.length !== META_SALT_BYTES) throw invalid('The salt of an anchor is 32 bytes.');
  return { anchoring, anchor: { salt: toBase64(anchor.salt), proof: formatTlogProof(anchor.proof) } };
}

/** Reads a receipt from its JSON text, or from what that parsed to. Throws `PROOF_INVALID`. */
export function readReceipt(receipt: unknown): ReadReceipt {
  const value = typeof receipt === 'string' ? parseJson(receipt, 'receipt') : receipt;
  if (typeof value !== 'object' || value === null) throw invalid('This is not a receipt.');
  const { format, body, salt, entry, proof, anchoring, anchor, ...strangers } = value as Record<
    string,
    unknown
  >;
  if (format !== RECEIPT_FORMAT) throw invalid(`This is not a receipt of the format ${RECEIPT_FORMAT}.`);
  if (typeof body !== 'object' || body === null) throw invalid('The receipt has no body.');
  if (typeof proof !== 'string') throw invalid('The receipt has no proof.');
  return {
    body: body as Json,
    salt: bytesOf(salt, 'salt'),
    entry: bytesOf(entry, 'entry'),
    proof,
    anchor: readAnchor(anchoring, anchor),
    strangers: Object.keys(strangers).length,
  };
}

const ANCHOR = nullable(shape<ReceiptAnchor>({ salt: text, proof: text }));

/** The anchor, or null. What `anchoring` says is for people who do not verify: it must be one of its words, no more. */
function readAnchor(anchoring: unknown, value: unknown = null): ReadReceipt['anchor'] {
  if (anchoring !== undefined) oneOf(...ANCHORINGS)(anchoring, 'anchoring');
  ANCHOR(value, 'anchor');
  const anchor = value as ReceiptAnchor | null;
  if (anchor !== null) return { salt: bytesOf(anchor.salt, 'anchor.salt'), proof: anchor.proof };
  if (anchoring === 'COSIGNED') throw invalid('The receipt says that it is cosigned and has no anchor.');
  return null;
}

function bytesOf(member: unknown, name: string): Uint8Array {
  const bytes = typeof member === 'string' ? fromBase64(member) : undefined;
  if (bytes === undefined) throw invalid(`The receipt's ${name} is not base64.`);
  return bytes;
}

const ENTRY = shape<ReceiptEntry>({
  event: text,
  instructionId: text,
  tenantId: text,
  subjectRef: nullable(text),
  at: time,
  commitment: text,
});

/** Reads the entry of a receipt. Throws `PROOF_INVALID` unless it is canonical JSON with these members. */
export function readEntry(entry: Uint8Array): ReceiptEntry {
  const json = fromUtf8(entry);
  if (json === undefined) throw invalid('The log entry is not UTF-8.');
  const value = parseJson(json, 'log entry');
  if (canonicalOrNothing(value) !== json) throw invalid('The log entry is not canonical JSON.');
  ENTRY(value, 'entry');
  return value as unknown as ReceiptEntry;
}

function canonicalOrNothing(value: Json): string | undefined {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
