import { type ToldExamples } from './told-examples.js';

const JSON_TYPE = 'application/json';
const ENDPOINT = '01936d2b-8b1c-7abc-8def-0123456789c1';
const AT = '2026-11-24T18:00:00.000Z';

const SFTP = {
  host: 'sftp.business.example',
  port: 22,
  user: 'personr',
  hostKeySha256: 'SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo',
  directory: 'incoming/personr',
};
const REGISTERED = {
  id: ENDPOINT,
  name: 'archive of the compliance team',
  kind: 'SFTP',
  place: {
    sftp: {
      ...SFTP,
      publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr',
    },
  },
  state: 'REGISTERED',
  challenge: null,
  createdAt: AT,
  provedAt: null,
  revokedAt: null,
};
const ASKED = {
  state: 'ASKED',
  file: `personr-challenge-${ENDPOINT}.txt`,
  failure: null,
  sentAt: null,
  endsAt: null,
  triesLeft: 5,
};
const SENT = {
  ...ASKED,
  state: 'SENT',
  sentAt: '2026-11-24T18:01:00.000Z',
  endsAt: '2026-11-25T18:01:00.000Z',
};
const CHALLENGED = { ...REGISTERED, challenge: SENT };
const PROVED = { ...CHALLENGED, state: 'PROVED', provedAt: '2026-11-24T18:04:00.000Z' };

const shown = (value: unknown) => ({ [JSON_TYPE]: { example: value } });

/** A Business says where packages are sent, and shows that it is its own. */
export const ENDPOINT_EXAMPLES: Readonly<Record<string, ToldExamples>> = {
  registerEndpoint: {
    request: {
      [JSON_TYPE]: {
        examples: {
          sftp: {
            summary: 'A directory of an SFTP server',
            value: { name: REGISTERED.name, place: { sftp: SFTP } },
          },
          s3: {
            summary: 'A bucket',
            value: {
              name: REGISTERED.name,
              place: {
                s3: {
                  region: 'us-west-2',
                  bucket: 'returned-by-personr',
                  prefix: 'returns/',
                  accessKeyId: 'AKIAINVENTED00000000',
                  secretAccessKey: 'invented-secret-of-the-bucket',
                },
              },
            },
          },
          https: {
            summary: 'A URL that is PUT below',
            value: {
              name: REGISTERED.name,
              place: {
                https: {
                  url: 'https://in.business.example/returns',
                  bearer: 'invented-token-of-the-door',
                },
              },
            },
          },
        },
      },
    },
    answers: { '201': shown(REGISTERED) },
  },
  listEndpoints: { answers: { '200': shown({ items: [PROVED], nextCursor: null }) } },
  findEndpoint: { answers: { '200': shown(CHALLENGED) } },
  challengeEndpoint: { answers: { '202': shown({ ...REGISTERED, challenge: ASKED }) } },
  proveEndpoint: {
    request: shown({ code: 'pk3Rz0fJm1cQy7vT5uB2xWnL8aHd4eGs6iKo9rYtUqE' }),
    answers: { '200': shown(PROVED) },
  },
  revokeEndpoint: {
    answers: { '200': shown({ ...PROVED, state: 'REVOKED', revokedAt: '2026-12-24T09:30:00.000Z' }) },
  },
};
