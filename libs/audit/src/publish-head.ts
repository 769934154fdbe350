import { formatCheckpoint, signNote } from '@personr/proof';
import { type LogEvidence } from './log-evidence.js';
import { type LogKey } from './log-keys.js';
import { type LogHead, type SignedHead } from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { type TreeHead } from './signed-heads.js';

/**
 * Signs the tree that comes after this head with every key that signs now, and lays the checkpoint out, with the list of
 * keys if that is another than the last. Returns what the head is to become.
 */
export async function publishHead(
  signer: LogSigner,
  evidence: LogEvidence,
  { head, next }: { readonly head: LogHead; readonly next: TreeHead },
): Promise<SignedHead> {
  const { origin } = head;
  const { size, root } = next;
  const keys = signer.keys();
  const checkpoint = signNote(formatCheckpoint({ origin, size, root }), signer.signersOf(origin));
  if (spelled(keys) !== spelled(head.keys)) await evidence.publishKeys(keys);
  await evidence.publishCheckpoint(checkpoint);
  return { size, root, checkpoint, keys };
}

const spelled = (keys: readonly LogKey[]): string =>
  JSON.stringify(keys.map(({ publicKey, from, until }) => [publicKey, from, until]));
