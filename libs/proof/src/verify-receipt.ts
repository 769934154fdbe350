import { DomainError } from '@personr/kernel';
import { openCheckpoint } from './checkpoint.js';
import { keyOf, type TrustedKey } from './ed25519.js';
import { parseReceiptBody, type ReceiptBody, type ReceiptOutcome } from './receipt-body.js';
import { attested, proved, unknown } from './receipt-words.js';
import { readEntry, readReceipt, receiptCommitment, type ReadReceipt, type ReceiptEntry } from './receipt.js';
import { invalid, malformed } from './refusal.js';
import { hashLeaf, verifyInclusion } from './tree.js';
import { parseTlogProof } from './tlog-proof.js';
import { type AnchorFinding, type AnchorTrust, NO_ANCHOR_TRUST, verifyAnchor } from './verify-anchor.js';

/** What a receipt that holds says. The three lists are sentences for people; `body` is what was verified. */
export type ReceiptVerdict = {
  readonly instructionId: string;
  readonly type: string;
  readonly outcome: ReceiptOutcome;
  /** The log's name, its size at the checkpoint, and the place of the entry in it, from 0. */
  readonly origin: string;
  readonly treeSize: number;
  readonly index: number;
  /** Names of the trusted keys that signed the checkpoint. */
  readonly signedBy: readonly string[];
  /** How far others than Personr stand for it. */
  readonly anchoring: AnchorFinding;
  /** True by mathematics. */
  readonly proved: readonly string[];
  /** True if Personr says the truth. */
  readonly attested: readonly string[];
  /** What this receipt cannot tell. */
  readonly unknown: readonly string[];
  readonly body: ReceiptBody;
};

/**
 * Verifies a receipt (its JSON text, or the value parsed from it) against verifier keys that the caller holds
 * already, and its anchor against `trust`, if that is given. No key is ever taken from the receipt. Throws
 * `PROOF_INVALID` or `NOTE_MALFORMED` with the check that failed, and `KEY_MALFORMED` when one of `keys` is not a key
 * or a witness is required and none is known.
 */
export function verifyReceipt(
  receipt: unknown,
  keys: readonly TrustedKey[],
  trust: AnchorTrust = NO_ANCHOR_TRUST,
): ReceiptVerdict {
  const trusted = keys.map(keyOf);
  const read = readReceipt(receipt);
  const { index, path, checkpoint: note, extra } = parseTlogProof(read.proof);
  if (extra !== undefined) throw malformed('The proof of a receipt has no extra line.');

  const checkpoint = openCheckpoint(note, trusted);
  verifyInclusion(hashLeaf(read.entry), { index, size: checkpoint.size, path }, checkpoint.root);
  const entry = readEntry(read.entry);
  const body = bind(read, entry);
  const anchoring = verifyAnchor({ note, anchor: read.anchor }, trust);

  const facts = { body, entry, checkpoint, index, anchoring, strangers: read.strangers };
  return {
    instructionId: body.instructionId,
    type: body.type,
    outcome: body.outcome,
    origin: checkpoint.origin,
    treeSize: checkpoint.size,
    index,
    signedBy: checkpoint.signedBy,
    anchoring,
    proved: proved(facts),
    attested: attested(facts),
    unknown: unknown(facts),
    body,
  };
}

/** Returns the body once the entry is shown to commit to it and to be about the same thing. */
function bind({ salt, body: value }: ReadReceipt, entry: ReceiptEntry): ReceiptBody {
  if (entry.commitment !== commitmentTo(salt, value)) {
    throw invalid('The body of the receipt is not the one that the log entry commits to.');
  }
  const body = parseReceiptBody(value);
  if (entry.instructionId !== body.instructionId) {
    throw invalid('The log entry is about another instruction than the receipt.');
  }
  if (entry.tenantId !== body.tenantId) {
    throw invalid('The log entry is about another tenant than the receipt.');
  }
  if (entry.subjectRef !== null && body.subjectRef !== null && entry.subjectRef !== body.subjectRef) {
    throw invalid('The log entry is about another subject than the receipt.');
  }
  return body;
}

function commitmentTo(salt: Uint8Array, body: ReadReceipt['body']): string {
  try {
    return receiptCommitment(salt, body);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'PROOF_INVALID') throw error;
    throw invalid('The body of the receipt has no canonical spelling.', error);
  }
}
