/** Why a delivery failed, for whoever looks after the endpoint: the list is closed, and says nothing that its server said. */
export const FAILURE_REASONS = [
  /** It took too little in the time that it had. */
  'SLOW',
  /** The connection ended before the delivery did. */
  'CLOSED_MIDWAY',
  /** It pointed elsewhere; nobody is followed. */
  'REDIRECTED',
  /** Its certificate is not one of its name that is vouched for. */
  'CERTIFICATE',
  /** Its host key is not the one that was registered. */
  'HOST_KEY',
  /** It has no room left. */
  'FULL',
  /** It did not take it: the credential, the path, or what else it did not like. */
  'REFUSED',
  /** There was no connection, or none that may be made. */
  'UNREACHABLE',
] as const;

/** One of `FAILURE_REASONS`. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A delivery that failed at the endpoint. Holds nothing of what the server said. */
export class DeliveryFailure extends Error {
  constructor(readonly reason: FailureReason) {
    super(reason);
    this.name = 'DeliveryFailure';
  }
}

const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;
const CLOSED = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);
const SLOW = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']);

/** Why a connection to an endpoint failed, by the codes of Node alone. What it does not know is `UNREACHABLE`. */
export function reasonOf(error: unknown): FailureReason {
  if (error instanceof DeliveryFailure) return error.reason;
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) return 'CERTIFICATE';
  if (CLOSED.has(code)) return 'CLOSED_MIDWAY';
  return SLOW.has(code) ? 'SLOW' : 'UNREACHABLE';
}

/** The code that an error bears, or nothing. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? String(code) : '';
}

const ACCEPTED = new Set([200, 201, 204]);
/** Request Timeout, Too Many Requests, Service Unavailable, Gateway Timeout. */
const LATER = new Set([408, 429, 503, 504]);

/** Why an answer of HTTP is no acceptance (RFC 9110, RFC 4918); null when it is one. */
export function reasonOfStatus(status: number): FailureReason | null {
  if (ACCEPTED.has(status)) return null;
  if (status >= 300 && status < 400) return 'REDIRECTED';
  if (status === 413 || status === 507) return 'FULL';
  return LATER.has(status) ? 'SLOW' : 'REFUSED';
}
