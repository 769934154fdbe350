import { type Instruction, isKnownParcel } from '@personr/instruction';
import { POLICY_DEFAULTS, recordKeptThrough } from '@personr/law';
import { type KeyStoreDurability, type ReceiptBody, type ReceiptDetail } from '@personr/proof';
import {
  hasExceptions,
  hasLater,
  type HeldBack,
  heldBackOf,
  keptOf,
  outcomeOf,
  returnedBy,
  type SteppedExecution,
} from './execution.js';

/** A body as it is issued now: with the fourth instant of an erasure, and by when it comes. */
export type IssuedBody = ReceiptBody & {
  /** Of an export or a return: the package, by the hash that its manifest has. */
  readonly package?: ReceiptDetail;
  readonly unguessableAt: string | null;
  readonly unguessableDueAt: string | null;
};

/** A package that was released, in numbers. */
export type Packed = {
  readonly manifestSha256: string;
  readonly sizeBytes: number;
  readonly records: number;
  readonly documents: number;
  readonly consents: number;
  readonly withheld: number;
  readonly expiresAt: Date;
};

/** What a receipt is written from. `erasure` is null when nothing was held, and of an export. */
export type Closing = {
  readonly instruction: Instruction;
  readonly tenantId: string;
  readonly erasure: Pick<SteppedExecution, 'steps'> | null;
  readonly packed?: Packed;
  readonly durability: KeyStoreDurability;
  readonly finishedAt: Date;
  /** When this edition is issued: with the end, unless it completes an earlier one. */
  readonly issuedAt?: Date;
  readonly unguessableAt?: Date;
};

const REQUEST_HASHES_HOURS = 72;

/** Writes what the receipt says: the six facts of Reg. 7101(b), what was done and when, and what is kept. */
export function receiptBodyOf(closing: Closing): IssuedBody {
  const { instruction, tenantId, erasure, durability, finishedAt } = closing;
  const finished = finishedAt.toISOString();
  return {
    instructionId: instruction.id,
    tenantId,
    subjectRef: instruction.subjectRef,
    type: instruction.type,
    basis: instruction.basis,
    outcome: endOf(closing),
    request: requestOf(instruction),
    answer: {
      answeredAt: finished,
      nature: natureOf(closing),
      denialBasis: denialBasisOf(erasure),
    },
    acceptedAt: instruction.acceptedAt.toISOString(),
    finishedAt: finished,
    ...erasureOf(closing),
    keyStoreDurability: durability,
    backups: erasure === null ? [] : [...outcomeOf(erasure, 'PROVE_BACKUPS').sets],
    subprocessors: erasure === null ? [] : [...outcomeOf(erasure, 'CONFIRM_SUBPROCESSORS').told],
    exceptions: erasure === null ? [] : [...heldBackOf(erasure).map(toException), ...keptOf(erasure)],
    kept: keptAfter(closing),
    writingCommitment: instruction.writingCommitment,
    policyVersion: instruction.policyVersion,
    ...packageOf(closing),
  };
}

function packageOf({ packed, erasure }: Closing): Pick<IssuedBody, 'package'> {
  if (erasure !== null) return returnedOf(erasure);
  if (packed === undefined) return {};
  return { package: { ...packed, expiresAt: packed.expiresAt.toISOString() } };
}

/** What was returned before it was erased: the package went with it. */
function returnedOf(erasure: Pick<SteppedExecution, 'steps'>): Pick<IssuedBody, 'package'> {
  const returned = returnedBy(erasure);
  if (returned === null) return {};
  const { packageId, manifestSha256, sizeBytes, records, documents, consents, withheld, ...sent } =
    returned.transfer;
  const { parts, subjects } = sent;
  return {
    package: {
      ...(isKnownParcel(returned.transfer)
        ? { packageId, manifestSha256, sizeBytes, records, documents, consents, withheld }
        : {}),
      ...(parts === undefined || subjects === undefined ? {} : { parts, subjects }),
      sentAt: sent.sentAt,
      receivedAt: sent.receivedAt,
      acknowledgedAt: sent.acknowledgedAt,
      destroyedAt: outcomeOf(erasure, 'SWEEP').erasedAt,
      hasLater: hasLater(erasure),
    },
  };
}

function endOf({ erasure, packed }: Closing): ReceiptBody['outcome'] {
  if (packed !== undefined) return 'COMPLETED';
  if (erasure === null) return 'CLOSED_NO_DATA';
  return hasExceptions(erasure) ? 'COMPLETED_WITH_EXCEPTIONS' : 'COMPLETED';
}

const toException = ({ holdId, ground, elements, endsAt }: HeldBack): ReceiptDetail => ({
  holdId,
  ground,
  elements: elements.length === 0 ? 'ALL' : elements.join(' '),
  endsAt,
});

const requestOf = ({ consumerRequest, acceptedAt, type }: Instruction): ReceiptBody['request'] =>
  consumerRequest === null
    ? { receivedAt: acceptedAt.toISOString(), manner: 'INSTRUCTION', nature: type }
    : { ...consumerRequest, receivedAt: consumerRequest.receivedAt.toISOString() };

/** On which grounds some of it was denied (Reg. 7101(b)): those of what is kept. Null where nothing was. */
function denialBasisOf(erasure: Closing['erasure']): string | null {
  if (erasure === null) return null;
  const grounds = [...heldBackOf(erasure), ...keptOf(erasure)].map(({ ground }) => ground);
  return grounds.length === 0 ? null : [...new Set(grounds)].sort().join(' ');
}

function natureOf({ instruction: { scopeElements, exportOrder }, erasure, packed }: Closing): string {
  if (packed !== undefined) return givenOf(packed, exportOrder ?? null);
  if (erasure === null) return 'NOTHING_HELD';
  if (!outcomeOf(erasure, 'MARK_ERASING').found) return 'ERASED_BY_AN_EARLIER_INSTRUCTION';
  const erased = erasedOf(erasure, scopeElements.length > 0);
  return returnedBy(erasure) === null ? erased : `RETURNED_AND_${erased}`;
}

function erasedOf(erasure: Pick<SteppedExecution, 'steps'>, isPart: boolean): string {
  if (hasExceptions(erasure)) return 'ERASED_BUT_FOR_WHAT_IS_HELD';
  if (hasLater(erasure)) return 'ERASED_BUT_FOR_WHAT_CAME_LATER';
  return isPart ? 'ERASED_IN_PART_AS_INSTRUCTED' : 'ERASED';
}

function givenOf({ withheld }: Packed, order: Closing['instruction']['exportOrder']): string {
  if (order?.notice !== undefined) return `CATEGORIES_GIVEN_${order.notice}`;
  if (order?.content === 'CATEGORIES') return 'CATEGORIES_GIVEN';
  return withheld > 0 ? 'GIVEN_BUT_FOR_WHAT_IS_WITHHELD' : 'GIVEN';
}

function keptAfter({ instruction, erasure, finishedAt, packed }: Closing): ReceiptBody['kept'] {
  const writing = {
    what: 'the written instruction, sealed under a key of its own',
    why: 'Reg. 7101(a)',
    until: recordKeptThrough(finishedAt, POLICY_DEFAULTS.deadlineZone, POLICY_DEFAULTS.recordMonths),
  };
  if (packed !== undefined) {
    const until = packed.expiresAt.toISOString();
    return [writing, { what: 'the package, sealed under a key of its own', why: 'Reg. 7024(f)', until }];
  }
  if (erasure === null) return [writing];
  const hashes = {
    what: 'keyed hashes of creating requests, by which a repetition is known; their keys are destroyed',
    why: 'A repeated request must not bring back what was erased.',
    until: new Date(finishedAt.getTime() + REQUEST_HASHES_HOURS * 3_600_000).toISOString(),
  };
  if (instruction.wholeTenant === true) return [writing, hashes, OWN_RECORDS];
  const later = {
    what: 'what came in after what was returned, which another RETURN returns',
    why: 'R-57: nothing is erased that was not sent.',
    until: null,
  };
  if (hasLater(erasure)) return [writing, hashes, later];
  const references = {
    what: 'our random references to the subject, by which it is refused if it is sent again',
    why: 'R-65: whoever was erased stays erased.',
    until: null,
  };
  const { suppressedUntil } = outcomeOf(erasure, 'SHRED_KEYS');
  const identities = {
    what: 'keyed hashes of identities, by which they are refused if they are sent again; their key is destroyed then',
    why: 'R-65: whoever was erased stays erased, as long as the policy says.',
    until: suppressedUntil,
  };
  return [writing, hashes, references, ...(suppressedUntil === null ? [] : [identities])];
}

const OWN_RECORDS: ReceiptBody['kept'][number] = {
  what: 'the log, and the records of instructions and of what was agreed, under keys of their own',
  why: 'Reg. 7101(a), 7051(a)(7)',
  until: null,
};

type Erased = Pick<
  IssuedBody,
  'sealedAt' | 'unreadableAt' | 'erasedAt' | 'unguessableAt' | 'unguessableDueAt' | 'stores' | 'keys'
>;

const NOTHING: Erased = {
  sealedAt: null,
  unreadableAt: null,
  erasedAt: null,
  unguessableAt: null,
  unguessableDueAt: null,
  stores: [],
  keys: { shredded: 0, rootsDestroyed: 0 },
};

function erasureOf({ erasure, unguessableAt }: Closing): Erased {
  if (erasure === null) return NOTHING;
  const shredding = outcomeOf(erasure, 'SHRED_KEYS');
  const sweep = outcomeOf(erasure, 'SWEEP');
  const erased = new Map(outcomeOf(erasure, 'ERASE_STORES').stores.map((line) => [line.store, line.erased]));
  return {
    sealedAt: shredding.sealedAt,
    unreadableAt: shredding.unreadableAt,
    erasedAt: sweep.erasedAt,
    unguessableAt: unguessableAt?.toISOString() ?? null,
    unguessableDueAt: shredding.unguessableDueAt,
    stores: sweep.stores.map(({ store, remaining }) => ({
      store,
      erased: erased.get(store) ?? 0,
      remaining,
    })),
    keys: { shredded: shredding.shredded, rootsDestroyed: shredding.rootsDestroyed },
  };
}
