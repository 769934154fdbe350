/** Where the values of these specs come from, and what for. */
export const COLLECTED = {
  source: 'CLIENT_OR_AGENT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-20T10:00:00Z',
};

/** The body of an admission: an invented person with a few values of every kind of sensitivity. */
export const anAdmission = (externalId: string, marker = 'Ada Invented') => ({
  externalId,
  identities: [{ type: 'EMAIL', value: `${externalId}@people.example` }],
  residency: 'US-CA',
  records: [
    { element: 'FULL_NAME', value: marker, ...COLLECTED },
    { element: 'DOCUMENT_NUMBER', value: `X${externalId}`, ...COLLECTED },
    { element: 'FACE_TEMPLATE', value: { vector: [0.25, 0.5, 0.75] }, ...COLLECTED },
    { element: 'ACCESS_HISTORY', value: ['192.0.2.7'], ...COLLECTED },
  ],
});

/** The body of a DELETE that a consumer asked for, verified to a reasonably high degree. */
export const aDelete = (subject: object, changes: object = {}) => ({
  type: 'DELETE',
  subject,
  basis: 'CONSUMER_REQUEST',
  writing: { instructorId: null, text: 'Erase everything held about this customer.', documentSha256: null },
  consumerRequest: { receivedAt: '2026-11-23T18:04:00Z', manner: 'EMAIL', nature: 'DELETE' },
  verification: {
    level: 'REASONABLY_HIGH',
    method: 'ACCOUNT_REAUTH',
    points: ['EMAIL', 'DATE_OF_BIRTH', 'DOCUMENT_NUMBER'],
    declaration: true,
    verifiedAt: '2026-11-23T18:20:00Z',
  },
  ...changes,
});

/** The body of an EXPORT of everything, for the consumer, that a consumer asked for; `asked` changes what is given. */
export const anExport = (subject: object, asked: object = {}, changes: object = {}) => ({
  ...aDelete(subject),
  type: 'EXPORT',
  writing: { text: 'Give this customer what is held.' },
  export: { content: 'SPECIFIC_PIECES', audience: 'CONSUMER', ...asked },
  ...changes,
});

/** The body of a RETURN of everything that a consumer asked for. */
export const aReturn = (subject: object, changes: object = {}) => ({
  ...aDelete(subject),
  type: 'RETURN',
  writing: { text: 'Return what is held of this customer.' },
  ...changes,
});

/** A Business's order to return everything that is held for it, at the end of its agreement. */
export const aReturnOfAll = (changes: object = {}) => ({
  type: 'RETURN',
  subject: { all: true },
  basis: 'AGREEMENT_END',
  writing: { text: 'Return everything you hold for us, then erase it.' },
  ...changes,
});

/** The id that an answer's body has. */
export const idOf = ({ body }: { readonly body: unknown }): string => (body as { id: string }).id;
