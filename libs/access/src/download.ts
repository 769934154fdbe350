import { type LookupAddress } from 'node:dns';
import { type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { DomainError } from '@personr/kernel';
import { pinnedTo } from './find-public-addresses.js';

/** Where to connect to, until when, and whose certificates hold beside the usual ones. */
export type Connecting = {
  readonly addresses: readonly LookupAddress[];
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
};

/** The most that is read of an answer. */
export const MOST_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/(json|jwk-set\+json)\s*(;|$)/i;

const refused = (sentence: string): DomainError => new DomainError('KEY_SET_REFUSED', sentence);

/**
 * Reads at most 64 KiB of JSON from one of `addresses`, whatever the host's name leads to by now; the certificate
 * must be the host's. Throws `KEY_SET_REFUSED` for any status but 200, redirects included, another content type, a
 * content coding and more than 64 KiB; rejects when the connection fails or `signal` ends it.
 */
export async function download(url: URL, { addresses, signal, ca }: Connecting): Promise<Buffer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {
      agent: false,
      lookup: pinnedTo(addresses),
      servername: url.hostname,
      minVersion: 'TLSv1.2',
      maxHeaderSize: 16 * 1024,
      signal,
      headers: { Accept: 'application/jwk-set+json, application/json', 'Accept-Encoding': 'identity' },
      ...(ca === undefined ? {} : { ca }),
    })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
  try {
    assertWanted(answer);
    return await readAtMost(answer);
  } finally {
    answer.destroy();
  }
}

function assertWanted({ statusCode, headers }: IncomingMessage): void {
  if (statusCode !== 200) throw refused('The key set was not answered with 200. Redirects are not followed.');
  if (!JSON_TYPE.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) {
    throw refused('The key set was not answered as application/jwk-set+json or application/json, uncoded.');
  }
}

async function readAtMost(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw refused('The key set is larger than 64 KiB.');
    chunks.push(chunk);
  }
  if (!answer.complete) throw refused('The key set broke off.');
  return Buffer.concat(chunks);
}
