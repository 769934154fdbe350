import { type DocumentBuilder } from '@nestjs/swagger';
import { type SCOPES } from '@personr/access';

const DOES: Readonly<Record<(typeof SCOPES)[number], string>> = {
  'subjects:read': 'See whom and what is held, without values.',
  'subjects:write': 'Take people and values in.',
  'values:read': 'Open values, for a named purpose.',
  'packages:read': 'Take export and return packages.',
  'instructions:read': 'See instructions and receipts.',
  'instructions:write': 'Forward instructions.',
  'instructions:approve': 'Approve instructions.',
  'evidence:read': 'Read the log.',
  admin: 'Administer clients, terms and policy.',
};

/** Says in the contract how to sign in: for a token as the client, and with the token for everything else. */
export const describeSecurity = (builder: DocumentBuilder): DocumentBuilder =>
  builder
    .addOAuth2(
      {
        type: 'oauth2',
        description:
          'Client credentials (RFC 6749, section 4.4). Each route says which scope it needs. `/.well-known/oauth-authorization-server` says how a client may sign in.',
        flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: { ...DOES } } },
      },
      'token',
    )
    .addBasicAuth(
      {
        type: 'http',
        scheme: 'basic',
        description:
          'Client id and client secret (`client_secret_basic`). Or an assertion in the form, `private_key_jwt`.',
      },
      'client',
    );
