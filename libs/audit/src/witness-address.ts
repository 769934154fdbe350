import { DomainError } from '@personr/kernel';
import { parseWitnessVkey, quorumOf, type Witness } from '@personr/proof';

/** Where a witness takes checkpoints, and the key by which its answers are verified. */
export type WitnessAddress = { readonly url: string; readonly witness: Witness };

/**
 * Reads a list of witnesses: URL and key of each (C2SP tlog-witness, tlog-cosignature), all with white space between; empty
 * for none. Throws `CONFIG_INVALID`.
 */
export function parseWitnesses(text: string): WitnessAddress[] {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  if (words.length % 2 !== 0) throw invalid();
  try {
    const addresses = Array.from({ length: words.length / 2 }, (_, at) => ({
      url: urlOf(words[2 * at] ?? ''),
      witness: parseWitnessVkey(words[2 * at + 1] ?? ''),
    }));
    quorumOf(addresses.map(({ witness }) => witness));
    return addresses;
  } catch (cause) {
    throw invalid(cause);
  }
}

function urlOf(word: string): string {
  const { protocol, username, password, search, hash, href } = new URL(word);
  const isPlain =
    username + password + search + hash === '' && (protocol === 'https:' || protocol === 'http:');
  if (!isPlain) throw invalid();
  return href.replace(/\/+$/u, '');
}

const invalid = (cause?: unknown): DomainError =>
  new DomainError(
    'CONFIG_INVALID',
    'WITNESSES must be URL and verifier key of each witness in turn, with spaces between, no key twice.',
    { cause },
  );
