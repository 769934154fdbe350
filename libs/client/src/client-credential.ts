import { type SigningKey, signAssertion } from './sign-assertion.js';

/** A secret that was shown once, or a private key whose public half is registered (a JWK, or a key of WebCrypto). */
export type ClientCredential =
  | { readonly clientSecret: string }
  | {
      readonly privateKey: SigningKey;
      /** Which of several registered keys it is; the `kid` of a JWK when left out. */
      readonly keyId?: string;
      /** The issuer that the api names in `/.well-known/oauth-authorization-server`; `baseUrl` when left out. */
      readonly issuer?: string;
    };

/** Who signs in, where, and when it is now. */
export type SignIn = {
  readonly clientId: string;
  readonly baseUrl: string;
  readonly now: Date;
};

/** What shows the token endpoint who asks. */
export type Proof = {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
};

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Makes the proof of one token request: HTTP Basic for a secret; for a key an assertion of one minute, made for
 * this api alone (RFC 7523). The issuer is not asked of the server: what answers there could name another's.
 */
export async function proofOf(credential: ClientCredential, signIn: SignIn): Promise<Proof> {
  const { clientId, baseUrl, now } = signIn;
  if ('clientSecret' in credential) {
    return { headers: { Authorization: basic(clientId, credential.clientSecret) }, form: {} };
  }
  const { privateKey, keyId, issuer = baseUrl } = credential;
  const assertion = await signAssertion({ clientId, audience: issuer, now }, privateKey, keyId);
  return { headers: {}, form: { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion } };
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
const basic = (id: string, secret: string): string =>
  `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;
