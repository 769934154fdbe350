import { type Id, type KeyId } from '@personr/kernel';
import { type FailureReason } from './delivery-failure.js';

export type EndpointId = Id<'endpoint'>;

/** The kinds of endpoint there are. */
export const ENDPOINT_KINDS = ['S3', 'HTTPS', 'SFTP'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** A bucket, of whatever speaks the protocol at `url`. `ca` are certificates (PEM) that alone vouch for it; the usual ones when null. */
export type S3Address = {
  readonly kind: 'S3';
  readonly url: string;
  readonly region: string;
  readonly bucket: string;
  /** What the name of each object begins with: nothing, or segments that end with a slash each. */
  readonly prefix: string;
  readonly ca: string | null;
};
export type S3Secret = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** A URL below which each parcel is put. */
export type HttpsAddress = { readonly kind: 'HTTPS'; readonly url: string; readonly ca: string | null };
export type HttpsSecret = { readonly bearer: string | null };

/** A directory of an SFTP server that has this host key and lets our key in. */
export type SftpAddress = {
  readonly kind: 'SFTP';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** As `ssh-keygen -l` shows it: `SHA256:` and base64 without padding. */
  readonly hostKeySha256: string;
  readonly directory: string;
  /** Our public key, as a line of `authorized_keys`. */
  readonly publicKey: string;
};
export type SftpSecret = { readonly seed: string };

/** Where an endpoint is. Nothing of it opens anything. */
export type EndpointAddress = S3Address | HttpsAddress | SftpAddress;

/** What opens it. */
export type EndpointSecret = S3Secret | HttpsSecret | SftpSecret;

/** An endpoint as a tenant gives it: its own key pair is made for one of SFTP. */
export type NewEndpoint = {
  /** The tenant's own words. */
  readonly name: string;
  readonly address: S3Address | HttpsAddress | Omit<SftpAddress, 'publicKey'>;
  readonly secret: S3Secret | HttpsSecret | null;
};

/** Registered by somebody, proved to be theirs, or ended for good. */
export const ENDPOINT_STATES = ['REGISTERED', 'PROVED', 'REVOKED'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** How far a challenge is: asked for, written to the endpoint, or it could not be. */
export const CHALLENGE_STATES = ['ASKED', 'SENT', 'FAILED'] as const;
export type ChallengeState = (typeof CHALLENGE_STATES)[number];

/** The latest challenge of an endpoint. Its code is kept as a hash alone. */
export type Challenge = {
  readonly state: ChallengeState;
  readonly failure: FailureReason | null;
  readonly sentAt: Date | null;
  readonly endsAt: Date | null;
  readonly codeSha256: Uint8Array | null;
  readonly tries: number;
};

/** An endpoint as it rests. */
export type EndpointRow = {
  readonly id: EndpointId;
  readonly kind: EndpointKind;
  readonly keyId: KeyId;
  readonly sealedAddress: Uint8Array<ArrayBuffer>;
  /** Null once it is revoked. */
  readonly sealedSecret: Uint8Array<ArrayBuffer> | null;
  readonly challenge: Challenge | null;
  readonly createdAt: Date;
  readonly provedAt: Date | null;
  readonly revokedAt: Date | null;
};

/** An endpoint with its address opened; of its secret nothing is here. */
export type Endpoint = Omit<EndpointRow, 'sealedAddress' | 'sealedSecret' | 'keyId'> & {
  readonly name: string;
  readonly address: EndpointAddress;
};

/** Where it is in its life. */
export const stateOf = ({
  provedAt,
  revokedAt,
}: Pick<EndpointRow, 'provedAt' | 'revokedAt'>): EndpointState =>
  revokedAt !== null ? 'REVOKED' : provedAt !== null ? 'PROVED' : 'REGISTERED';

/** How often a code may be tried. */
export const MOST_TRIES = 5;

/** The name under which a challenge is written. */
export const challengeName = (id: EndpointId): string => `personr-challenge-${id}.txt`;

/** The host of a URL as it is connected to: an IPv6 address without its brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
