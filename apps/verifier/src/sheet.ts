import { type Verdict } from './verdict.js';

/** The verdict as a short sheet for people, safe to print: control characters are shown as question marks. */
export function sheet({ verified, headline, proved, attested, unknown }: Verdict): string {
  const parts = [
    `${verified ? 'VERIFIED' : 'NOT AS CLAIMED'}: ${headline}`,
    section('Proved', proved),
    section('Attested by Personr', attested),
    section('Unknown', unknown),
  ];
  return printable(`${parts.filter((part) => part !== '').join('\n\n')}\n`);
}

function section(title: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  const lines = sentences.map((sentence) => `  - ${printable(sentence).replaceAll('\n', '?')}`);
  return [title, ...lines].join('\n');
}

/** The verdict for programs. */
export function asJson({ verified, proved, attested, unknown, facts }: Verdict): string {
  return `${JSON.stringify({ verified, ...facts, proved, attested, unknown }, null, 2)}\n`;
}

/** Leaves line breaks; replaces what could move a terminal's cursor or turn its text around. */
export const printable = (text: string): string => text.replaceAll(/[^\P{C}\n]/gu, '?');
