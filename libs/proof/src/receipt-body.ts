import { countOf, listOf, nullable, oneOf, record, shape, text, time } from './shape.js';

const OUTCOMES = ['COMPLETED', 'COMPLETED_WITH_EXCEPTIONS', 'CLOSED_DENIED', 'CLOSED_NO_DATA'] as const;
const DURABILITIES = ['SYNC_REMOTE', 'SYNC_LOCAL', 'SINGLE'] as const;

/** How an instruction ended. */
export type ReceiptOutcome = (typeof OUTCOMES)[number];

/** How many copies of the key store had confirmed each write. */
export type KeyStoreDurability = (typeof DURABILITIES)[number];

/** A flat object with names and values chosen by the room that issues the receipt. No personal data. */
export type ReceiptDetail = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What a receipt says. Times are RFC 3339 in UTC (`Z`); null where the thing did not happen. `request` and
 * `answer` are the six facts of 11 CCR 7101(b). Ids, counts and codes only, never personal data (7101(d)).
 */
export type ReceiptBody = {
  readonly instructionId: string;
  readonly tenantId: string;
  readonly subjectRef: string | null;
  readonly type: string;
  readonly basis: string;
  readonly outcome: ReceiptOutcome;
  readonly request: { readonly receivedAt: string; readonly nature: string; readonly manner: string };
  readonly answer: {
    readonly answeredAt: string;
    readonly nature: string;
    readonly denialBasis: string | null;
  };
  readonly acceptedAt: string;
  readonly finishedAt: string;
  /** The old root was destroyed: no older copy of anything can be read. */
  readonly sealedAt: string | null;
  readonly unreadableAt: string | null;
  readonly erasedAt: string | null;
  /** Records that went from each store, and records found there when it was searched afresh. */
  readonly stores: readonly { readonly store: string; readonly erased: number; readonly remaining: number }[];
  readonly keys: { readonly shredded: number; readonly rootsDestroyed: number };
  readonly keyStoreDurability: KeyStoreDurability;
  readonly backups: readonly {
    readonly set: string;
    readonly result: string;
    readonly reason: string | null;
  }[];
  readonly subprocessors: readonly ReceiptDetail[];
  readonly exceptions: readonly ReceiptDetail[];
  readonly kept: readonly { readonly what: string; readonly why: string; readonly until: string | null }[];
  /** Commits to the written instruction. */
  readonly writingCommitment: string;
  readonly policyVersion: string;
};

const BODY = shape<ReceiptBody>({
  instructionId: text,
  tenantId: text,
  subjectRef: nullable(text),
  type: text,
  basis: text,
  outcome: oneOf(...OUTCOMES),
  request: shape<ReceiptBody['request']>({ receivedAt: time, nature: text, manner: text }),
  answer: shape<ReceiptBody['answer']>({ answeredAt: time, nature: text, denialBasis: nullable(text) }),
  acceptedAt: time,
  finishedAt: time,
  sealedAt: nullable(time),
  unreadableAt: nullable(time),
  erasedAt: nullable(time),
  stores: listOf(shape<ReceiptBody['stores'][number]>({ store: text, erased: countOf, remaining: countOf })),
  keys: shape<ReceiptBody['keys']>({ shredded: countOf, rootsDestroyed: countOf }),
  keyStoreDurability: oneOf(...DURABILITIES),
  backups: listOf(shape<ReceiptBody['backups'][number]>({ set: text, result: text, reason: nullable(text) })),
  subprocessors: listOf(record),
  exceptions: listOf(record),
  kept: listOf(shape<ReceiptBody['kept'][number]>({ what: text, why: text, until: nullable(text) })),
  writingCommitment: text,
  policyVersion: text,
});

/**
 * Returns `value` as a receipt body. Throws `PROOF_INVALID`, naming the member, when one is missing, empty or
 * of another kind. Members it does not know are left in place: the commitment covers them all the same.
 */
export function parseReceiptBody(value: unknown): ReceiptBody {
  BODY(value, 'body');
  return value as ReceiptBody;
}
