import { CredentialRefused } from '@personr/access';
import { DomainError } from '@personr/kernel';

/** Reads `client_secret_basic` (RFC 6749, section 2.3.1; RFC 7617). Throws `CREDENTIAL_MISSING`, `CREDENTIAL_INVALID`. */
export function basicCredentials(authorization: string | undefined): {
  clientId: string;
  clientSecret: string;
} {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) {
    throw new DomainError(
      'CREDENTIAL_MISSING',
      'Send client id and secret by HTTP Basic authentication, or an assertion (RFC 7523).',
    );
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  try {
    return {
      clientId: decodeURIComponent(text.slice(0, Math.max(colon, 0))),
      clientSecret: decodeURIComponent(text.slice(colon + 1)),
    };
  } catch {
    throw new CredentialRefused('CLIENT');
  }
}
