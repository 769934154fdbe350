type CryptoKey = Parameters<typeof crypto.subtle.sign>[1];

/** A private key as a JWK (RFC 7517, RFC 7518 section 6, RFC 8037). */
export type PrivateJwk = Readonly<
  Partial<
    Record<
      'kty' | 'crv' | 'x' | 'y' | 'd' | 'n' | 'e' | 'p' | 'q' | 'dp' | 'dq' | 'qi' | 'kid',
      string | undefined
    >
  >
>;

/** A private key: as WebCrypto has it, or as a JWK. Ed25519, P-256 or RSA of 2048 bits and more. */
export type SigningKey = CryptoKey | PrivateJwk;

/** Who signs, for whom, and when. */
export type Assertion = { readonly clientId: string; readonly audience: string; readonly now: Date };

type Signing = {
  readonly alg: 'EdDSA' | 'ES256' | 'RS256';
  readonly how: { readonly name: string; readonly namedCurve?: string; readonly hash?: string };
};

const SECONDS = 60;

const SIGNINGS: Readonly<Record<string, Signing>> = {
  Ed25519: { alg: 'EdDSA', how: { name: 'Ed25519' } },
  'P-256': { alg: 'ES256', how: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } },
  RSA: { alg: 'RS256', how: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
};

/**
 * Signs an assertion of one minute with a `jti` of its own (RFC 7523, section 3), by WebCrypto. Throws a TypeError
 * for a key of another kind, and what WebCrypto throws for one that cannot sign.
 */
export async function signAssertion(
  { clientId, audience, now }: Assertion,
  key: SigningKey,
  keyId?: string,
): Promise<string> {
  const { alg, how } = signingOf(key);
  const kid = keyId ?? (isJwk(key) ? key.kid : undefined);
  const iat = Math.floor(now.getTime() / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: crypto.randomUUID(),
    iat,
    exp: iat + SECONDS,
  };
  const header = { alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) };
  const signed = `${part(header)}.${part(claims)}`;
  const privateKey = isJwk(key) ? await importPrivate(key, how) : key;
  const signature = await crypto.subtle.sign(how, privateKey, new TextEncoder().encode(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

const isJwk = (key: SigningKey): key is PrivateJwk => !('algorithm' in key);

function signingOf(key: SigningKey): Signing {
  const kind = isJwk(key) ? (key.crv ?? key.kty) : kindOf(key.algorithm);
  const signing = SIGNINGS[kind ?? ''];
  if (signing === undefined) throw new TypeError('The private key must be Ed25519, P-256 or RSA.');
  return signing;
}

function kindOf({ name, namedCurve }: { name: string; namedCurve?: string }): string {
  if (name === 'RSASSA-PKCS1-v1_5') return 'RSA';
  return namedCurve ?? name;
}

/** Only what signing needs is imported: what else a JWK says of its use could forbid it. */
function importPrivate(jwk: PrivateJwk, how: Signing['how']): Promise<CryptoKey> {
  const { kty, crv, x, y, d, n, e, p, q, dp, dq, qi } = jwk;
  const members = Object.entries({ kty, crv, x, y, d, n, e, p, q, dp, dq, qi });
  const needed = Object.fromEntries(members.filter(([, member]) => member !== undefined)) as Record<
    string,
    string
  >;
  return crypto.subtle.importKey('jwk', needed, how, false, ['sign']);
}

const part = (value: object): string => base64url(new TextEncoder().encode(JSON.stringify(value)));

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
