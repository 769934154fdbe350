import type supertest from 'supertest';
import { aDelete, anAdmission, COLLECTED, idOf } from './bodies.js';
import { aboutDocument } from './document-wire.js';
import { type TestTenant } from './house.js';

/** Asks the api, in the name of the tenant and with a request id of this act alone. */
export type Ask = (
  place: `${'get' | 'post' | 'patch' | 'delete'} ${string}`,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => supertest.Test;

/** What acts made, by name, for those that come after. */
export type Made = Record<string, string>;

/**
 * What an act leaves in the log. `about` names the instruction of the entry; `subject` says that it names the subject;
 * `also` is another act that is one of its consequences.
 */
export type Left = {
  readonly event: string;
  readonly about?: string;
  readonly subject?: true;
  readonly also?: string;
};

/** An act by one operation of the contract. */
export type Act = {
  readonly send: (ask: Ask, made: Made, tenant: TestTenant) => Promise<supertest.Response>;
  /** What the id in its answer is called. */
  readonly makes?: string;
  /** Whether it is done by the tenant that has everything returned, in whose own log it stands. */
  readonly byLeaver?: true;
  /** The entry that it leaves; null when it shows nothing about a person that is sealed, and changes nothing. */
  readonly leaves: Left | null;
};

const READ = { purpose: 'IDENTITY_VERIFICATION' };
const AGREEMENT = {
  windDownDays: 30,
  purposes: ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE'],
  checklist: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
};
const CONSENT = { policy: 'PRIVACY_POLICY', version: '2026-01', givenAt: '2026-11-20T09:00:00Z' };
const HOLD = {
  ground: 'EX_LEGAL',
  citation: '31 CFR 1020.220(a)(3)',
  elements: ['FULL_NAME'],
  endsAt: '2031-11-24T08:00:00Z',
};
const RECORD = { element: 'FULL_NAME', value: 'Ada Married', ...COLLECTED };
const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const EDITION = { 'If-Match': '*' };

const reading = (path: (made: Made) => string): Act => ({
  send: (ask, made) => ask(`get ${path(made)}`),
  leaves: null,
});

/**
 * Every operation of the contract, in an order in which each finds what it needs, and what it leaves. An operation that is
 * not here fails the spec.
 */
export const ACTS: Readonly<Record<string, Act>> = {
  readTokenKeys: reading(() => '/.well-known/jwks.json'),
  readAuthorizationServer: reading(() => '/.well-known/oauth-authorization-server'),
  live: reading(() => '/health/live'),
  ready: reading(() => '/health/ready'),
  issueToken: {
    send: (ask, _, { clientId, clientSecret }) =>
      ask('post /oauth/token').unset('Authorization').auth(clientId, clientSecret).type('form').send({
        grant_type: 'client_credentials',
      }),
    leaves: { event: 'sign-in.granted' },
  },

  admitSubject: {
    send: (ask) => ask('post /v1/subjects', anAdmission('cust-complete')),
    makes: 'subject',
    leaves: { event: 'subject.admitted', subject: true },
  },
  addRecords: {
    send: (ask, { subject }) => ask(`post /v1/subjects/${subject}/records`, { records: [RECORD] }),
    leaves: { event: 'records.added', subject: true },
  },
  readRecords: {
    send: (ask, { subject }) => ask(`post /v1/subjects/${subject}/records/read`, READ),
    leaves: { event: 'values.read', subject: true },
  },
  giveConsent: {
    send: (ask, { subject }) => ask(`post /v1/subjects/${subject}/consents`, CONSENT),
    makes: 'consent',
    leaves: { event: 'consent.given', subject: true },
  },
  withdrawConsent: {
    send: (ask, { subject, consent }) =>
      ask(`post /v1/subjects/${subject}/consents/${consent}/withdrawal`, {
        withdrawnAt: '2026-11-21T09:00:00Z',
      }),
    leaves: { event: 'consent.withdrawn', subject: true },
  },
  addDocument: {
    send: (ask, { subject }) =>
      ask(`post /v1/subjects/${subject}/documents?${aboutDocument()}`)
        .type('image/png')
        .send(Buffer.from('a picture')),
    makes: 'document',
    leaves: { event: 'document.added', subject: true },
  },
  readDocument: {
    send: (ask, { subject, document }) =>
      ask(`get /v1/subjects/${subject}/documents/${document}?purpose=IDENTITY_VERIFICATION`),
    leaves: { event: 'document.read', subject: true },
  },
  importSubjects: {
    send: (ask) =>
      ask(
        'post /v1/subjects/import',
        `${JSON.stringify({ key: 'line-1', ...anAdmission('cust-imported') })}\n`,
        NDJSON,
      ),
    leaves: { event: 'subject.admitted' },
  },
  listSubjects: reading(() => '/v1/subjects'),
  lookupSubject: {
    send: (ask) => ask('post /v1/subjects/lookup', { externalId: 'cust-complete' }),
    leaves: null,
  },
  readInventory: reading(({ subject }) => `/v1/subjects/${subject}`),
  listConsents: reading(({ subject }) => `/v1/subjects/${subject}/consents`),
  listDocuments: reading(({ subject }) => `/v1/subjects/${subject}/documents`),

  addAgreement: {
    send: (ask) => ask('post /v1/agreements', AGREEMENT),
    makes: 'agreement',
    leaves: { event: 'agreement.added', also: 'purpose.ended' },
  },
  listAgreements: reading(() => '/v1/agreements'),
  findAgreement: reading(({ agreement }) => `/v1/agreements/${agreement}`),
  addNotice: {
    send: (ask) =>
      ask('post /v1/notices', {
        version: '2026-12-24',
        categories: ['A', 'B', 'C', 'D', 'E', 'F', 'H', 'I', 'L'],
        purposes: ['IDENTITY_VERIFICATION'],
      }),
    makes: 'notice',
    leaves: { event: 'notice.added' },
  },
  listNotices: reading(() => '/v1/notices'),
  findNotice: reading(({ notice }) => `/v1/notices/${notice}`),
  readPolicy: reading(() => '/v1/policy'),
  changePolicy: {
    send: (ask) => ask('patch /v1/policy', { values: { contractExecutionDays: 14 } }, EDITION),
    leaves: { event: 'policy.changed' },
  },
  listPolicyVersions: reading(() => '/v1/policy/versions'),
  addInstructor: {
    send: (ask) =>
      ask('post /v1/instructors', {
        kind: 'PERSON',
        name: 'Ida Invented',
        role: 'PRIVACY_OFFICER',
        authority: ['DELETE'],
      }),
    makes: 'instructor',
    leaves: { event: 'instructor.added' },
  },
  listInstructors: reading(() => '/v1/instructors'),
  findInstructor: reading(({ instructor }) => `/v1/instructors/${instructor}`),
  revokeInstructor: {
    send: (ask, { instructor }) => ask(`post /v1/instructors/${instructor}/revoke`),
    leaves: { event: 'instructor.revoked' },
  },

  createApiClient: {
    send: (ask) => ask('post /v1/api-clients', { name: 'another', scopes: ['subjects:read'] }),
    makes: 'client',
    leaves: { event: 'api-client.registered' },
  },
  listApiClients: reading(() => '/v1/api-clients'),
  findApiClient: reading(({ client }) => `/v1/api-clients/${client}`),
  changeApiClient: {
    send: (ask, { client }) =>
      ask(`patch /v1/api-clients/${client}`, { scopes: ['subjects:write'] }, EDITION),
    leaves: { event: 'api-client.changed' },
  },
  addClientSecret: {
    send: async (ask, made) => {
      const answer = await ask(`post /v1/api-clients/${made.client}/secrets`, { overlapSeconds: 3_600 });
      made.secret = idOf(answer);
      return answer;
    },
    leaves: { event: 'api-client.secret-added' },
  },
  removeClientSecret: {
    send: (ask, { client, secret }) => ask(`delete /v1/api-clients/${client}/secrets/${secret}`),
    leaves: { event: 'api-client.secret-removed' },
  },
  revokeApiClient: {
    send: (ask, { client }) => ask(`post /v1/api-clients/${client}/revoke`),
    leaves: { event: 'api-client.revoked' },
  },

  registerEndpoint: {
    send: (ask) =>
      ask('post /v1/endpoints', {
        name: 'archive',
        place: { https: { url: 'https://in.business.example/returns', bearer: 'invented' } },
      }),
    makes: 'endpoint',
    leaves: { event: 'endpoint.registered' },
  },
  listEndpoints: reading(() => '/v1/endpoints'),
  findEndpoint: reading(({ endpoint }) => `/v1/endpoints/${endpoint}`),
  challengeEndpoint: {
    send: (ask, { endpoint }) => ask(`post /v1/endpoints/${endpoint}/challenge`),
    leaves: { event: 'endpoint.challenged' },
  },
  proveEndpoint: {
    send: (ask, { challenged, code }) => ask(`post /v1/endpoints/${challenged}/proof`, { code }),
    leaves: { event: 'endpoint.proved' },
  },
  revokeEndpoint: {
    send: (ask, { endpoint }) => ask(`post /v1/endpoints/${endpoint}/revoke`),
    leaves: { event: 'endpoint.revoked' },
  },

  placeHold: {
    send: (ask, { subject }) => ask('post /v1/holds', { subjectId: subject, ...HOLD }),
    makes: 'hold',
    leaves: { event: 'hold.placed', subject: true },
  },
  listHolds: reading(() => '/v1/holds'),
  findHold: reading(({ hold }) => `/v1/holds/${hold}`),
  releaseHold: {
    send: (ask, { hold }) => ask(`post /v1/holds/${hold}/release`, { reason: 'GROUND_ENDED' }),
    leaves: { event: 'hold.released', subject: true },
  },
  acceptInstruction: {
    send: (ask, { subject }) => ask('post /v1/instructions', aDelete({ id: subject })),
    makes: 'instruction',
    leaves: { event: 'instruction.accepted', about: 'instruction', subject: true },
  },
  holdInstruction: {
    send: async (ask, made) => {
      const answer = await ask(`post /v1/instructions/${made.instruction}/hold`, HOLD);
      made.onInstruction = (answer.body as { hold?: { id: string } }).hold?.id ?? '';
      return answer;
    },
    leaves: { event: 'hold.placed', about: 'instruction', subject: true },
  },
  releaseInstructionHold: {
    send: (ask, { instruction, onInstruction }) =>
      ask(`post /v1/instructions/${instruction}/release-hold`, {
        holdId: onInstruction,
        reason: 'GROUND_ENDED',
      }),
    leaves: { event: 'hold.released', about: 'instruction', subject: true },
  },
  acceptInstructions: {
    send: (ask) =>
      ask(
        'post /v1/instructions/batch',
        `${JSON.stringify({ key: 'order-1', ...aDelete({ externalId: 'nobody' }) })}\n`,
        NDJSON,
      ),
    leaves: { event: 'instruction.accepted' },
  },
  listInstructions: reading(() => '/v1/instructions'),
  findInstruction: reading(({ instruction }) => `/v1/instructions/${instruction}`),
  watchInstruction: reading(({ ended }) => `/v1/instructions/${ended}/events`),
  readReceipt: reading(({ ended }) => `/v1/instructions/${ended}/receipt`),
  readPackage: {
    send: (ask, { exported }) => ask(`get /v1/instructions/${exported}/package`),
    leaves: { event: 'package.downloaded', about: 'exported' },
  },
  readPackagePart: {
    send: (ask, { returnedAll }) => ask(`get /v1/instructions/${returnedAll}/package/parts/1`),
    byLeaver: true,
    leaves: { event: 'package.downloaded', about: 'returnedAll' },
  },
  acknowledgeTransfer: {
    send: (ask, { returned, manifestSha256, receivedAt }) =>
      ask(`post /v1/instructions/${returned}/acknowledge`, { manifestSha256, receivedAt }),
    leaves: { event: 'transfer.acknowledged', about: 'returned' },
  },
  readPackageSchema: reading(() => '/schemas/package-data-1.json'),
  // The first file of a kind in an hour has an entry; how many more there were is another, when the hour is over.
  readCheckpoint: { send: (ask) => ask('get /v1/evidence/checkpoint'), leaves: { event: 'evidence.read' } },
  readTile: {
    send: (ask) => ask('get /v1/evidence/tile/0/000.p/1'),
    leaves: { event: 'evidence.read' },
  },
  readEntryBundle: {
    send: (ask) => ask('get /v1/evidence/tile/entries/000.p/1'),
    leaves: { event: 'evidence.read' },
  },
  readLogKeys: reading(() => '/v1/evidence/keys'),
  takeEvidencePack: { send: (ask) => ask('get /v1/evidence/pack'), leaves: { event: 'evidence.read' } },
  listEntries: { send: (ask) => ask('get /v1/evidence/entries'), leaves: { event: 'evidence.read' } },
  readMetrics: reading(() => '/v1/metrics?year=2026'),
  endAgreement: {
    send: (ask, { agreement }) =>
      ask(`patch /v1/agreements/${agreement}`, { effectiveTo: '2027-06-30T07:00:00Z' }, EDITION),
    leaves: { event: 'agreement.ended', also: 'purpose.ended' },
  },
};
