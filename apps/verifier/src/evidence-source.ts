import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@personr/kernel';
import { Unfollowable } from './unfollowable.js';

/** A place with evidence: a directory, or what a web server hands out below a URL. */
export type EvidenceSource = {
  /** How people name it. */
  readonly place: string;
  /**
   * The bytes of a file, or null when it is not there. Throws `PROOF_INVALID` for one that is longer than `limit` bytes,
   * `Unfollowable` when the place does not answer or wants another credential.
   */
  read(path: string, limit: number): Promise<Buffer | null>;
};

/** Says whether evidence is named by URL. */
export const isUrl = (place: string): boolean => /^https?:\/\//.test(place);

/** Opens a directory, or a URL with the credential, if there is one. Throws `Unfollowable`. */
export function openSource(place: string, bearer: string | null): EvidenceSource {
  if (!isUrl(place)) return { place, read: readBelowOf(place) };
  const base = place.replace(/\/+$/, '');
  return { place, read: (path, limit) => fetchBytes(`${base}/${path}`, bearer, limit) };
}

const readBelowOf =
  (directory: string): EvidenceSource['read'] =>
  (path, limit) =>
    new Promise((resolve) => {
      resolve(readBelow(directory, path, limit));
    });

/** The credential for URLs: of the file, if one is named, else of the environment. Throws `Unfollowable`. */
export async function readBearer(file: string | undefined, fallback: string | null): Promise<string | null> {
  if (file === undefined) return fallback;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Unfollowable('The file of the credential cannot be read.');
  });
  return text.trim();
}

const tooLong = (): DomainError =>
  new DomainError('PROOF_INVALID', 'A file of the evidence is longer than it can be.');

/** Reads one file, at once: the disk's cache answers sooner than a thread. Throws `Unfollowable` when it is there and cannot be read. */
export function readBelow(directory: string, path: string, limit: number): Buffer | null {
  let file: number | undefined;
  try {
    file = openSync(join(directory, path), 'r');
    if (fstatSync(file).size > limit) throw tooLong();
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (error instanceof DomainError) throw error;
    throw new Unfollowable('A file of the evidence cannot be read.');
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const PAUSES_MS = [200, 1000, 4000];

/** Gets one URL; a server that is overloaded or unreachable is asked again, three times. Throws as `read` does. */
export async function fetchBytes(url: string, bearer: string | null, limit: number): Promise<Buffer | null> {
  assertSafe(url, bearer);
  for (let tries = 0; ; tries++) {
    const answer = await ask(url, bearer);
    if (answer?.ok === true) return collect(answer, limit);
    await answer?.body?.cancel();
    if (isGone(answer)) return null;
    await sleep(pauseAfter(answer, tries));
  }
}

/** How long to wait before asking again, in milliseconds. Throws `Unfollowable` when that would not help. */
function pauseAfter(answer: Response | null, tries: number): number {
  const pause = PAUSES_MS[tries];
  if (pause === undefined || !isTransient(answer)) throw new Unfollowable(whyNot(answer));
  return pause;
}

const ask = (url: string, bearer: string | null): Promise<Response | null> =>
  fetch(url, { headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` } }).catch(() => null);

const isGone = (answer: Response | null): boolean => answer?.status === 404 || answer?.status === 410;

const isTransient = (answer: Response | null): boolean =>
  answer === null || answer.status === 429 || answer.status >= 500;

function whyNot(answer: Response | null): string {
  if (answer === null) return 'The server of the evidence cannot be reached.';
  const isCredential = answer.status === 401 || answer.status === 403;
  return `The server of the evidence answered ${answer.status}${isCredential ? ': it wants another credential' : ''}.`;
}

/** A credential goes through no network in the clear. */
function assertSafe(url: string, bearer: string | null): void {
  if (!URL.canParse(url)) throw new Unfollowable('That is not a URL.');
  const { protocol, hostname } = new URL(url);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (bearer !== null && protocol === 'http:' && !isHere) {
    throw new Unfollowable('A credential is sent over https only.');
  }
}

async function collect(answer: Response, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of answer.body ?? []) {
      length += (part as Uint8Array).length;
      if (length > limit) throw tooLong();
      parts.push(part as Uint8Array);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new Unfollowable('The server of the evidence broke off.');
  }
  return Buffer.concat(parts);
}
