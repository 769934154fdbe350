import {
  ADD_CHECKPOINT_PATH,
  type AddCheckpoint,
  formatAddCheckpoint,
  readWitnessAnswer,
  type WitnessAnswer,
} from '@personr/proof';
import { type WitnessAddress } from './witness-address.js';

/** What came of asking a witness; `UNREACHABLE` when it did not answer, in time or as the protocol says. */
export type Asked = WitnessAnswer | { readonly is: 'UNREACHABLE' };

/** More than any answer of the protocol has. */
const MOST_BYTES = 16_384;

/**
 * Asks a witness to cosign (C2SP tlog-witness, "add-checkpoint"). Its answer is verified by its pinned key. Never throws, and
 * ends within `patienceMilliseconds`, whatever the witness does.
 */
export async function askWitness(
  { url, witness }: WitnessAddress,
  asked: AddCheckpoint,
  patienceMilliseconds: number,
): Promise<Asked> {
  try {
    const response = await fetch(`${url}${ADD_CHECKPOINT_PATH}`, {
      method: 'POST',
      body: formatAddCheckpoint(asked),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    const body = await textOf(response);
    const contentType = response.headers.get('content-type');
    return readWitnessAnswer(
      { status: response.status, contentType, body },
      { checkpoint: asked.checkpoint, witness },
    );
  } catch {
    return { is: 'UNREACHABLE' };
  }
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    const bytes = part as Uint8Array;
    size += bytes.byteLength;
    if (size > MOST_BYTES) throw new Error('the answer of a witness is too long');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString();
}
