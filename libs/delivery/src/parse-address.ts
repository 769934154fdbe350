import { isIP } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { DomainError } from '@personr/kernel';
import { hostOf, type NewEndpoint } from './endpoint.js';

/** The most characters of a URL. */
export const LONGEST_URL = 500;
const BLANK = /[\p{Cc}\s]/u;
const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** What parts of an address look like. */
export const ADDRESS_SHAPES = {
  bucket: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  prefix: /^([A-Za-z0-9_=-][A-Za-z0-9._=-]{0,99}\/){0,10}$/,
  region: /^[a-z0-9-]{1,50}$/,
  directory: /^(\/?[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,99}(\/[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,99}){0,20}|\.)$/,
  user: /^[A-Za-z0-9._@+-]{1,100}$/,
  hostKeySha256: /^SHA256:[A-Za-z0-9+/]{43}$/,
  /** What is sent in a header, or hashed into a signature. */
  credential: /^[\x21-\x7e]{1,2048}$/,
} as const;

const refused = (sentence: string): DomainError => new DomainError('ENDPOINT_REFUSED', sentence);

/**
 * Judges where an endpoint is said to be, by its form: https alone, a host by its full name or address, no credentials,
 * query or fragment in a URL, no way out of a directory. Where the host leads is judged at each connection. Throws
 * `ENDPOINT_REFUSED`.
 */
export function assertAddress(address: NewEndpoint['address']): void {
  if (address.kind === 'SFTP') {
    assertHost(address.host);
    if (!ADDRESS_SHAPES.hostKeySha256.test(address.hostKeySha256))
      throw refused('hostKeySha256 is the fingerprint as ssh-keygen -l shows it: SHA256: and 43 characters.');
    if (!ADDRESS_SHAPES.directory.test(address.directory))
      throw refused('directory is a path of letters, digits, dots, hyphens and underscores.');
    return;
  }
  assertUrl(address.url, { isBare: address.kind === 'S3' });
  if (address.ca !== null) assertCertificates(address.ca);
  if (address.kind !== 'S3') return;
  if (!ADDRESS_SHAPES.bucket.test(address.bucket))
    throw refused('bucket is the name of a bucket: 3 to 63 characters.');
  if (!ADDRESS_SHAPES.prefix.test(address.prefix))
    throw refused('prefix is empty, or segments with a slash behind each.');
}

function assertUrl(text: string, { isBare }: { isBare: boolean }): void {
  const url = text.length <= LONGEST_URL && !BLANK.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || isFlawed(url, isBare)) {
    const more = isBare ? ', of a host alone' : '';
    throw refused(
      `url is an https URL of at most ${LONGEST_URL} characters, without credentials, query or fragment${more}.`,
    );
  }
  assertHost(hostOf(url));
}

const isFlawed = ({ protocol, username, password, search, hash, pathname }: URL, isBare: boolean): boolean =>
  protocol !== 'https:' || username + password + search + hash !== '' || (isBare && pathname !== '/');

function assertHost(host: string): void {
  if (isIP(host) === 0 && !NAME.test(host)) throw refused('The host is named in full, or by its address.');
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function assertCertificates(ca: string): void {
  const found = ca.match(PEM) ?? [];
  try {
    if (found.length === 0 || ca.replace(PEM, '').trim() !== '') throw new Error('no certificate');
    for (const pem of found) new X509Certificate(pem);
  } catch {
    throw refused('ca is one or more certificates in PEM.');
  }
}
