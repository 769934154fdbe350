import { type Instruction } from '@personr/instruction';
import { POLICY_DEFAULTS, recordKeptThrough } from '@personr/law';
import { type KeyStoreDurability, type ReceiptBody } from '@personr/proof';
import { type Erasure } from './execution.js';

/** What a receipt is written from. `erasure` is null when nothing was held. */
export type Closing = {
  readonly instruction: Instruction;
  readonly tenantId: string;
  readonly erasure: Erasure | null;
  readonly durability: KeyStoreDurability;
  readonly finishedAt: Date;
};

const BACKUPS: ReceiptBody['backups'] = [
  {
    set: 'every copy of the data database and of the key store made before sealedAt',
    result: 'UNREADABLE',
    reason: 'The root key that every key of the subject was wrapped under, directly or not, was destroyed.',
  },
];

/** Writes what the receipt says: the six facts of Reg. 7101(b), what was done and when, and what is kept. */
export function receiptBodyOf({
  instruction,
  tenantId,
  erasure,
  durability,
  finishedAt,
}: Closing): ReceiptBody {
  const finished = finishedAt.toISOString();
  return {
    instructionId: instruction.id,
    tenantId,
    subjectRef: instruction.subjectRef,
    type: instruction.type,
    basis: instruction.basis,
    outcome: erasure === null ? 'CLOSED_NO_DATA' : 'COMPLETED',
    request: requestOf(instruction),
    answer: { answeredAt: finished, nature: natureOf(instruction, erasure), denialBasis: null },
    acceptedAt: instruction.acceptedAt.toISOString(),
    finishedAt: finished,
    ...erasureOf(erasure),
    keyStoreDurability: durability,
    backups: erasure === null ? [] : BACKUPS,
    subprocessors: [],
    exceptions: [],
    kept: [
      {
        what: 'the written instruction, sealed under a key of its own',
        why: 'Reg. 7101(a)',
        until: recordKeptThrough(finishedAt, POLICY_DEFAULTS.deadlineZone, POLICY_DEFAULTS.recordMonths),
      },
    ],
    writingCommitment: instruction.writingCommitment,
    policyVersion: instruction.policyVersion,
  };
}

const requestOf = ({ consumerRequest, acceptedAt, type }: Instruction): ReceiptBody['request'] =>
  consumerRequest === null
    ? { receivedAt: acceptedAt.toISOString(), manner: 'INSTRUCTION', nature: type }
    : { ...consumerRequest, receivedAt: consumerRequest.receivedAt.toISOString() };

function natureOf({ scopeElements }: Instruction, erasure: Erasure | null): string {
  if (erasure === null) return 'NOTHING_HELD';
  if (!erasure.marking.found) return 'ERASED_BY_AN_EARLIER_INSTRUCTION';
  return scopeElements.length === 0 ? 'ERASED' : 'ERASED_IN_PART_AS_INSTRUCTED';
}

function erasureOf(
  erasure: Erasure | null,
): Pick<ReceiptBody, 'sealedAt' | 'unreadableAt' | 'erasedAt' | 'stores' | 'keys'> {
  if (erasure === null) {
    return {
      sealedAt: null,
      unreadableAt: null,
      erasedAt: null,
      stores: [],
      keys: { shredded: 0, rootsDestroyed: 0 },
    };
  }
  const { shredding, stores, sweep } = erasure;
  const erased = new Map(stores.stores.map((line) => [line.store, line.erased]));
  return {
    sealedAt: shredding.sealedAt,
    unreadableAt: shredding.unreadableAt,
    erasedAt: sweep.erasedAt,
    stores: sweep.stores.map(({ store, remaining }) => ({
      store,
      erased: erased.get(store) ?? 0,
      remaining,
    })),
    keys: { shredded: shredding.shredded, rootsDestroyed: shredding.rootsDestroyed },
  };
}
