import { type ToldExamples } from './told-examples.js';

const JSON_TYPE = 'application/json';
const CLIENT = '01936d2b-8b1c-7abc-8def-0123456789b1';
const SECRETS = ['01936d2b-8b1c-7abc-8def-0123456789b2', '01936d2b-8b1c-7abc-8def-0123456789b3'] as const;
const SECRET = 'mE2tXh3T0zOaUuCkq5sVn8yJb4wLr9dFgQpZ1iKcHx0';
const AT = '2026-11-24T18:00:00.000Z';

const ISSUER = 'https://api.personr.example';

const JWK = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: '2026-11',
  alg: 'EdDSA',
};

const BY_SECRET = {
  id: CLIENT,
  clientId: `01936d2b-8b1c-7000-8000-000000000001.${CLIENT}`,
  name: 'onboarding service',
  scopes: ['subjects:write'],
  authMethod: 'client_secret_basic',
  jwks: null,
  jwksUri: null,
  secrets: [{ id: SECRETS[0], createdAt: AT, expiresAt: null }],
  createdAt: AT,
  revokedAt: null,
};
const BY_KEY = { ...BY_SECRET, authMethod: 'private_key_jwt', jwks: { keys: [JWK] }, secrets: [] };

const shown = (value: unknown) => ({ [JSON_TYPE]: { example: value } });
const WANTED = { name: BY_SECRET.name, scopes: BY_SECRET.scopes };

/** A Business gives its services credentials of their own, replaces one, and takes one back. */
export const CLIENT_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  readAuthorizationServer: {
    answers: {
      '200': shown({
        issuer: ISSUER,
        token_endpoint: `${ISSUER}/oauth/token`,
        jwks_uri: `${ISSUER}/.well-known/jwks.json`,
        scopes_supported: ['subjects:read', 'subjects:write', 'admin'],
        response_types_supported: [],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256', 'RS256', 'Ed25519'],
        service_documentation: `${ISSUER}/docs`,
      }),
    },
  },
  createApiClient: {
    request: {
      [JSON_TYPE]: {
        examples: {
          secret: { summary: 'With a secret that is made for it', value: WANTED },
          key: { summary: 'With a key of its own', value: { ...WANTED, jwks: { keys: [JWK] } } },
          published: {
            summary: 'With keys that it publishes',
            value: { ...WANTED, jwksUri: 'https://keys.business.example/jwks.json' },
          },
        },
      },
    },
    answers: {
      '201': {
        [JSON_TYPE]: {
          examples: {
            secret: { summary: 'The secret, this once', value: { ...BY_SECRET, clientSecret: SECRET } },
            key: { summary: 'With a key there is no secret', value: BY_KEY },
          },
        },
      },
    },
  },
  listApiClients: { answers: { '200': shown({ items: [BY_SECRET], nextCursor: null }) } },
  findApiClient: { answers: { '200': shown(BY_SECRET) } },
  changeApiClient: {
    request: {
      [JSON_TYPE]: {
        examples: {
          keys: {
            summary: 'The next key beside the old one; a second change takes the old one away',
            value: { jwks: { keys: [JWK, { ...JWK, kid: '2026-12' }] } },
          },
          scopes: { summary: 'May do less from now on', value: { scopes: ['subjects:read'] } },
        },
      },
    },
    answers: { '200': shown({ ...BY_KEY, jwks: { keys: [JWK, { ...JWK, kid: '2026-12' }] } }) },
  },
  revokeApiClient: { answers: { '200': shown({ ...BY_SECRET, revokedAt: '2026-11-25T09:30:00.000Z' }) } },
  addClientSecret: {
    request: shown({ overlapSeconds: 86_400 }),
    answers: {
      '201': shown({ id: SECRETS[1], createdAt: AT, expiresAt: null, clientSecret: SECRET }),
    },
  },
};
