import { type Remembered } from './memory.js';
import { type Head } from './open-head.js';
import { type Trust } from './trust.js';

/** A number of entries, in words. */
export const entries = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`;

/** What the signatures under a head prove. */
export const signedSentences = ({ origin, size, signedBy, cosignatures }: Head): string[] => [
  `A trusted key signed a checkpoint of the log ${origin} at ${entries(size)}: ${signedBy.join(', ')}.`,
  ...cosignatures.map(
    ({ name, at }) =>
      `Witness ${name} cosigned it at ${at}, by its own clock, having seen nothing that contradicts it.`,
  ),
];

/** What is proved about the log as it was seen before. */
export const growthSentences = ({ seen }: Remembered): string[] =>
  seen === null
    ? []
    : [
        `It begins with the ${entries(seen.size)} that were seen here at ${seen.at}: none was changed or taken away since.`,
      ];

/** What no log can tell. */
export const unknownOfLog = (head: Head, { seen }: Remembered, { anchor }: Trust): string[] => [
  ...(seen === null
    ? ['Whether it is the log of earlier days: none of its checkpoints was remembered here.']
    : []),
  othersSentence(head, anchor.quorum.rule !== null),
  'Whether Personr’s machines did what the entries say: a log proves what was said and in which order, not what was done.',
  'Whether something was left out that should be an entry.',
];

function othersSentence({ isCosigned }: Head, isAsked: boolean): string {
  if (isCosigned) return 'Whether the witnesses are independent of Personr and of each other.';
  const why = isAsked
    ? 'not as many witnesses as you ask for cosigned it'
    : 'no witness’s signature was checked';
  return `Whether others were shown the same log: ${why}.`;
}
