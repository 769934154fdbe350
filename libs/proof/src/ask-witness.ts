import { fromBase64, toBase64 } from './bytes.js';
import { cosignaturesOn, withCosignatures, type Witness } from './cosignature.js';
import { checkCount, invalid, malformed } from './refusal.js';
import { HASH_BYTES } from './tree.js';

/** Where a witness takes checkpoints, below its submission prefix. C2SP tlog-witness, "add-checkpoint". */
export const ADD_CHECKPOINT_PATH = '/add-checkpoint';

/** The content type of a 409 that says which size the witness stands at. C2SP tlog-witness, "add-checkpoint". */
export const SIZE_TYPE = 'text/x.tlog.size';

/** What a log asks of a witness: `path` shows that the tree of `oldSize` begins the one of `checkpoint`, a signed note. */
export type AddCheckpoint = {
  readonly oldSize: number;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: string;
};

const MAX_PATH = 63;
const BODY = /^old (0|[1-9]\d{0,15})\n((?:[^\n]+\n)*)\n/;

/** Writes the body of `add-checkpoint`. Throws `PROOF_INVALID` for a size or hash that cannot be one. */
export function formatAddCheckpoint({ oldSize, path, checkpoint }: AddCheckpoint): string {
  if (path.length > MAX_PATH || path.some((hash) => hash.length !== HASH_BYTES)) {
    throw invalid('A consistency path is at most 63 hashes of 32 bytes.');
  }
  const lines = [`old ${checkCount(oldSize, 'old size')}`, ...path.map(toBase64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads the body of `add-checkpoint` and verifies nothing. Throws `NOTE_MALFORMED` for another text. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const match = BODY.exec(body);
  if (match === null) throw malformed('The body is an old size, a path, a blank line and a checkpoint.');
  const [whole, digits, lines = ''] = match;
  const oldSize = Number(digits);
  const path = lines.split('\n').slice(0, -1).map(fromBase64);
  if (!Number.isSafeInteger(oldSize) || path.length > MAX_PATH || !path.every(isHash)) {
    throw malformed('The old size is a whole number, and the path at most 63 hashes in base64.');
  }
  return { oldSize, path, checkpoint: body.slice(whole.length) };
}

const isHash = (bytes: Uint8Array | undefined): bytes is Uint8Array => bytes?.length === HASH_BYTES;

/** What came back over HTTP. `contentType` is null when there is none. */
export type WitnessResponse = {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
};

/**
 * What a witness answered. `COSIGNED`: `checkpoint` is what was asked about with its cosignature beneath.
 * `STANDS_AT`: it cosigned a tree of `size` last; ask again from there. `FORKED` (409 without a size): it saw
 * another root for this very size, which a person must look into. `REFUSED`: it does not know the log (404), trusts no
 * key that signed (403), found the path wrong (422) or the body malformed (400), or it failed.
 */
export type WitnessAnswer =
  | { readonly is: 'COSIGNED'; readonly checkpoint: string }
  | { readonly is: 'STANDS_AT'; readonly size: number }
  | { readonly is: 'FORKED' }
  | { readonly is: 'REFUSED'; readonly status: number };

/**
 * Reads the answer to `asked`. Throws `PROOF_INVALID` when a 200 has no good cosignature of `witness`, and
 * `NOTE_MALFORMED` when the answer is not what the protocol says.
 */
export function readWitnessAnswer(
  response: WitnessResponse,
  asked: { readonly checkpoint: string; readonly witness: Witness },
): WitnessAnswer {
  const { status, contentType, body } = response;
  if (status === 409) {
    return contentType === SIZE_TYPE ? { is: 'STANDS_AT', size: sizeOf(body) } : { is: 'FORKED' };
  }
  if (status !== 200) return { is: 'REFUSED', status };
  const checkpoint = withCosignatures(asked.checkpoint, body, [asked.witness]);
  if (cosignaturesOn(checkpoint, [asked.witness]).size === 0) {
    throw invalid('The witness answered without a cosignature of its own.');
  }
  return { is: 'COSIGNED', checkpoint };
}

function sizeOf(body: string): number {
  const size = /^(?:0|[1-9]\d{0,15})\n$/.test(body) ? Number(body) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw malformed('The witness did not say which size it stands at.');
  return size;
}
