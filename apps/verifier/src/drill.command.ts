import { createHash } from 'node:crypto';
import { DomainError } from '@personr/kernel';
import { openNote } from '@personr/proof';
import { type Trust } from './trust.js';
import { type Verdict } from './verdict.js';

const FORMAT = 'personr-drill/1';

type Claim = { readonly claim: string; readonly held: boolean; readonly found: string };
type Report = {
  readonly format: string;
  readonly at: string;
  readonly backup: { readonly id: string; readonly madeAt: string };
  readonly erasedSince: readonly unknown[];
  readonly claims: readonly Claim[];
};

const invalid = (sentence: string): DomainError => new DomainError('PROOF_INVALID', sentence);

/**
 * Verifies the signed report of a restore drill: a note over the SHA-256 of the report's JSON. A genuine report of which a
 * claim did not hold is not `verified`. Throws `PROOF_INVALID` or `NOTE_MALFORMED` when it is not genuine.
 */
export function judgeDrill(text: string, { keys }: Trust): Verdict {
  const { report, signature } = parse(text);
  const { text: statement, signedBy } = openNote(signature, keys);
  const digest = createHash('sha256').update(JSON.stringify(report)).digest('base64');
  if (statement !== `${FORMAT}\n${digest}\n`) throw invalid('The report is not the one that was signed.');
  const { at, backup, erasedSince, claims } = shapeOf(report);
  const failed = claims.filter(({ held }) => !held).length;
  const names = signedBy.map(({ name }) => name);
  return {
    verified: failed === 0,
    headline: `the drill of ${at} on the backup of ${backup.madeAt}: ${failed === 0 ? 'every claim held' : `${failed} of ${claims.length} claims did not hold`}.`,
    proved: [`A trusted key signed this report, and no word of it was changed since: ${names.join(', ')}.`],
    attested: [
      ...claims.map(({ claim, held, found }) => `${held ? 'Held' : 'FAILED'}: ${claim} (${found}).`),
      `${erasedSince.length} instructions erased somebody of that backup since it was made.`,
    ],
    unknown: [
      'Whether the drill was carried out as it says: the signature is Personr’s, and so was the machine.',
      'Whether the backup is one that Personr would restore from.',
    ],
    facts: { at, backup, claims, signedBy: names },
  };
}

function parse(text: string): { report: object; signature: string } {
  const { report, signature } = parseJson(text);
  if (typeof report !== 'object' || report === null || typeof signature !== 'string') {
    throw invalid('This is not the signed report of a drill.');
  }
  return { report, signature };
}

function parseJson(text: string): { report?: unknown; signature?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { report?: unknown; signature?: unknown };
  } catch (cause) {
    throw new DomainError('PROOF_INVALID', 'The report is not JSON.', { cause });
  }
}

/** What was signed is what this verifier knows how to read. */
function shapeOf(report: object): Report {
  const { format, at, backup, erasedSince, claims } = report as Partial<Report>;
  const isWhole =
    format === FORMAT &&
    typeof at === 'string' &&
    typeof backup?.madeAt === 'string' &&
    Array.isArray(erasedSince);
  if (!isWhole || !Array.isArray(claims) || claims.length === 0) {
    throw invalid(`This is not a report of the format ${FORMAT}.`);
  }
  return { format, at, backup, erasedSince, claims: claims as readonly Claim[] };
}
