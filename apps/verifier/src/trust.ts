import { readFile } from 'node:fs/promises';
import { isDomainError } from '@personr/kernel';
import {
  type AnchorTrust,
  type NoteVerifier,
  parsePolicy,
  parseVkey,
  parseWitnessVkey,
  type Quorum,
  quorumOf,
} from '@personr/proof';
import { type TrustWords } from './arguments.js';
import { nodeEd25519 } from './node-crypto.js';
import { Unfollowable } from './unfollowable.js';

/** Keys that the caller pinned: of logs, and what anchors them. */
export type Trust = { readonly keys: readonly NoteVerifier[]; readonly anchor: AnchorTrust };

/** Reads whom to trust from the command line and the policy file it names. Throws `Unfollowable`. */
export async function readTrust(words: TrustWords): Promise<Trust> {
  try {
    return words.policy === undefined ? trustByKeys(words) : await trustByPolicy(words, words.policy);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new Unfollowable(
      `${words.policy === undefined ? 'A key that was given is not one. ' : ''}${error.message}`,
    );
  }
}

function trustByKeys({ keys, metaKeys, witnesses, quorum, ...words }: TrustWords): Trust {
  if (words.allowPending) throw new Unfollowable('--allow-pending goes with --policy.');
  if (quorum !== undefined && witnesses.length === 0)
    throw new Unfollowable('--quorum counts the keys of --witness.');
  if (words.requireWitness && witnesses.length === 0) {
    throw new Unfollowable('--require-witness needs the keys of witnesses: --witness, or a --policy file.');
  }
  return {
    keys: keys.map(noteKey),
    anchor: {
      metaKeys: metaKeys.map(noteKey),
      quorum: quorumByCount(witnesses, quorum),
      requireWitness: words.requireWitness,
    },
  };
}

function quorumByCount(witnesses: readonly string[], count: string | undefined): Quorum {
  if (count !== undefined && !/^[1-9]\d{0,3}$/.test(count)) {
    throw new Unfollowable('--quorum is a number of witnesses.');
  }
  const known = witnesses.map((vkey) => parseWitnessVkey(vkey, nodeEd25519));
  return quorumOf(known, count === undefined ? known.length : Number(count));
}

async function trustByPolicy(words: TrustWords, file: string): Promise<Trust> {
  if (words.witnesses.length > 0 || words.quorum !== undefined) {
    throw new Unfollowable('Witnesses are said by --policy or by --witness, not by both.');
  }
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Unfollowable('The policy file cannot be read.');
  });
  const { logs, quorum } = parsePolicy(text, nodeEd25519);
  const keys = [...words.keys.map(noteKey), ...logs.map(({ key }) => key)];
  if (keys.length === 0) throw new Unfollowable('The policy names no log, and no --key was given.');
  const isRequired = words.requireWitness || (quorum.rule !== null && !words.allowPending);
  if (isRequired && quorum.rule === null) {
    throw new Unfollowable('--require-witness needs a policy with a quorum.');
  }
  return {
    keys,
    anchor: { metaKeys: [...words.metaKeys.map(noteKey), ...keys], quorum, requireWitness: isRequired },
  };
}

const noteKey = (vkey: string): NoteVerifier => parseVkey(vkey, nodeEd25519);
