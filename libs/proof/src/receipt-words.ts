import { type SignedCheckpoint } from './checkpoint.js';
import { type ReceiptBody } from './receipt-body.js';
import { type ReceiptEntry } from './receipt.js';
import { type AnchorFinding } from './verify-anchor.js';

/** What the sentences are made from: everything here was verified. */
export type ReceiptFacts = {
  body: ReceiptBody;
  entry: ReceiptEntry;
  checkpoint: SignedCheckpoint;
  index: number;
  anchoring: AnchorFinding;
  strangers: number;
};

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;
const orEmpty = (condition: boolean, sentence: string): string[] => (condition ? [sentence] : []);

/** What mathematics proves, given the keys that the reader pinned. */
export const proved = ({ body, entry, checkpoint, index, anchoring }: ReceiptFacts): string[] => [
  `A trusted key signed a checkpoint of the log ${checkpoint.origin} at ${many(checkpoint.size, 'entry', 'entries')}: ${checkpoint.signedBy.join(', ')}.`,
  `That log holds, at index ${index}, the entry ${entry.event} for instruction ${body.instructionId} of tenant ${body.tenantId}.`,
  'Every member of the receipt’s body is as that entry committed to it: nothing was changed, added or left out.',
  ...anchorSentences(anchoring),
];

function anchorSentences({ metaLog, cosignatures }: AnchorFinding): string[] {
  const logged =
    metaLog === null
      ? []
      : [
          `The meta-log ${metaLog.origin}, at index ${metaLog.index} of ${many(metaLog.size, 'entry', 'entries')}, holds the checkpoint of that log.`,
        ];
  const seen = cosignatures.map(
    ({ name, at, of }) =>
      `Witness ${name} cosigned ${of === 'META_LOG' ? 'the meta-log' : 'that log itself'} at ${at}, by its own clock, having seen nothing that contradicts it.`,
  );
  return [...logged, ...seen];
}

/** What Personr says, and has bound itself to by the log, but which mathematics cannot see. */
export const attested = ({ body }: ReceiptFacts): string[] => [
  `The instruction ${body.type} (${body.basis}) was accepted at ${body.acceptedAt} and ended at ${body.finishedAt} as ${body.outcome}.`,
  `The request came at ${body.request.receivedAt} (${body.request.nature}, ${body.request.manner}); the answer was given at ${body.answer.answeredAt} (${body.answer.nature}${body.answer.denialBasis === null ? '' : `, denied on ${body.answer.denialBasis}`}).`,
  ...keySentences(body),
  ...body.stores.map(
    ({ store, erased, remaining }) =>
      `Store ${store}: ${many(erased, 'record')} erased, ${remaining} found when it was searched afresh.`,
  ),
  ...body.backups.map(
    ({ set, result, reason }) => `Backup set ${set}: ${result}${reason === null ? '' : ` (${reason})`}.`,
  ),
  ...listSentences(body),
  ...body.kept.map(
    ({ what, why, until }) => `Kept: ${what}, because ${why}${until === null ? '' : `, until ${until}`}.`,
  ),
  `The policy applied was version ${body.policyVersion}.`,
];

function keySentences({ keys, sealedAt, unreadableAt, erasedAt, keyStoreDurability }: ReceiptBody): string[] {
  if (keys.shredded === 0 && sealedAt === null && erasedAt === null) return [];
  return [
    `${many(keys.shredded, 'key')} shredded and ${many(keys.rootsDestroyed, 'root key')} destroyed; the key store was ${keyStoreDurability}.`,
    ...(unreadableAt === null ? [] : [`The data was unreadable from ${unreadableAt}.`]),
    ...(sealedAt === null ? [] : [`No older copy of anything could be read from ${sealedAt}.`]),
    ...(erasedAt === null ? [] : [`The records were gone from the stores at ${erasedAt}.`]),
  ];
}

const listSentences = ({ subprocessors, exceptions }: ReceiptBody): string[] => [
  ...orEmpty(subprocessors.length > 0, `Subprocessors named in the receipt: ${subprocessors.length}.`),
  ...orEmpty(exceptions.length > 0, `Exceptions named in the receipt: ${exceptions.length}.`),
];

const OTHERS: Readonly<Record<AnchorFinding['state'], string>> = {
  NONE: 'no witness’s signature was checked, and there is no anchor.',
  UNCHECKED: 'no witness’s signature was checked, since no key of the meta-log was given.',
  LOGGED: 'not as many witnesses as you ask for cosigned the meta-log yet.',
  COSIGNED: 'the meta-log shows no names, so it cannot exclude a second log of the same name in it.',
};

function othersSentence({ state, cosignatures }: AnchorFinding): string {
  const isOfThisLog = state === 'COSIGNED' && cosignatures.some(({ of }) => of === 'LOG');
  if (isOfThisLog) return 'Whether the witnesses are independent of Personr and of each other.';
  return `Whether others were shown the same log: ${OTHERS[state]}`;
}

/** What the receipt cannot tell, in so many words. */
export const unknown = ({ body, anchoring, strangers }: ReceiptFacts): string[] => [
  'Whether Personr’s machines did what it attests: a log proves what was said and in which order, not what was done.',
  othersSentence(anchoring),
  'Whether the times are right: they are by Personr’s clock.',
  'Whether a later entry of the log completes or corrects this receipt.',
  ...orEmpty(
    body.sealedAt === null && body.keys.shredded > 0,
    'When older copies became unreadable: the erasure was not sealed yet when this receipt was issued.',
  ),
  ...orEmpty(
    body.subprocessors.length > 0,
    'Whether subprocessors did what they confirmed: their systems are not Personr’s.',
  ),
  ...orEmpty(
    strangers > 0,
    `What ${many(strangers, 'further member')} of the file, unknown to this verifier, say: nothing covers them.`,
  ),
];
