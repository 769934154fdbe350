import { type ReceiptVerdict } from '@personr/proof';

/** The verdict as a short sheet for people, safe to print: control characters are shown as question marks. */
export function sheet(verdict: ReceiptVerdict): string {
  const { type, outcome, instructionId } = verdict;
  const parts = [
    `VERIFIED: ${type} ${instructionId} ended as ${outcome}.`,
    section('Proved', verdict.proved),
    section('Attested by Personr', verdict.attested),
    section('Unknown', verdict.unknown),
  ];
  return printable(`${parts.join('\n\n')}\n`);
}

const section = (title: string, sentences: readonly string[]): string =>
  [title, ...sentences.map((sentence) => `  - ${printable(sentence).replaceAll('\n', '?')}`)].join('\n');

/** Leaves line breaks; replaces what could move a terminal's cursor or turn its text around. */
const printable = (text: string): string => text.replaceAll(/[^\P{C}\n]/gu, '?');
