import { decodeJwt, decodeProtectedHeader, errors, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { algorithmOf, type ClientAlgorithm, type PublicJwk } from './key-set.js';
import { CredentialRefused } from './credential-refused.js';

/** The value of `client_assertion_type` (RFC 7523, section 2.2). */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** How far clocks may be apart. */
export const SKEW_SECONDS = 30;
/** How far ahead an assertion may end. */
export const ASSERTION_SECONDS = 300;

const LONGEST = 4_096;
const TYPES = [undefined, 'JWT', 'client-authentication+jwt'];

/** An assertion as it was sent, and what it says of itself. Nothing of it is proved. */
export type Assertion = {
  readonly text: string;
  readonly alg: ClientAlgorithm;
  /** The algorithm by the name that the client gave it. */
  readonly algName: string;
  readonly kid: string | undefined;
  readonly subject: string;
};

/** What a proved assertion may be used for: once, until it ends. */
export type Proved = { readonly jti: string; readonly expiresAt: Date };

/** Reads an assertion to learn whose it claims to be. Throws `CREDENTIAL_INVALID`. */
export function readAssertion(text: string): Assertion {
  try {
    if (text.length > LONGEST) throw new CredentialRefused('ASSERTION');
    const { alg: algName = '', kid, typ } = decodeProtectedHeader(text);
    const { iss, sub } = decodeJwt(text);
    const alg = algorithmOf(algName);
    if (alg === undefined || sub === undefined || iss !== sub || !TYPES.includes(typ)) {
      throw new CredentialRefused('ASSERTION');
    }
    return { text, alg, algName, kid, subject: sub };
  } catch {
    throw new CredentialRefused('ASSERTION');
  }
}

/**
 * Proves an assertion by `key` (RFC 7523, section 3). Throws `CREDENTIAL_INVALID`: in the words of every refusal
 * while the signature is not the client's, in words that help once it is.
 */
export async function proveAssertion(
  { text, algName, subject }: Assertion,
  { key, audience, now }: { key: PublicJwk; audience: string; now: Date },
): Promise<Proved> {
  const claims = await verified(
    text,
    { ...key, alg: algName },
    {
      algorithms: [algName],
      issuer: subject,
      subject,
      currentDate: now,
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['aud', 'exp', 'jti'],
    },
  );
  assertAudience(claims.aud, audience);
  assertTimes(claims, now.getTime() / 1000);
  const { exp = 0, jti } = claims;
  if (typeof jti !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(jti)) {
    throw wrong('Its jti must be 1 to 255 visible ASCII characters.');
  }
  // Once for the sender's clock and once for those of our own processes: it is forgotten after it is good for nothing.
  return { jti, expiresAt: new Date((Math.ceil(exp) + 2 * SKEW_SECONDS) * 1000) };
}

/** RFC 7523bis: the issuer, and nothing beside it, so that no other server can pass the assertion on to us. */
function assertAudience(aud: JWTPayload['aud'], audience: string): void {
  const named = Array.isArray(aud) ? aud : [aud];
  if (named.length !== 1 || named[0] !== audience) {
    throw wrong('Its aud must be our issuer identifier, and that alone.');
  }
}

function assertTimes({ exp = 0, iat }: JWTPayload, seconds: number): void {
  if (exp > seconds + ASSERTION_SECONDS + SKEW_SECONDS) {
    throw wrong('Its exp must be at most five minutes ahead.');
  }
  if (iat !== undefined && iat > seconds + SKEW_SECONDS) throw wrong('Its iat is in the future.');
}

const wrong = (sentence: string): CredentialRefused =>
  new CredentialRefused('CLAIMS', `The assertion is signed by the client, but not good. ${sentence}`);

async function verified(
  text: string,
  key: JWK,
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(text, key, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw wrong('It has expired.');
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw wrong(`Its ${error.claim} is missing or not right.`);
    }
    throw new CredentialRefused('SIGNATURE');
  }
}
