import { readFileSync } from 'node:fs';
import { DomainError } from '@personr/kernel';
import { type Annex, type NewTerms, parseTerms, STANDARD_AGREEMENT } from '@personr/terms';
import { onboard, type OnboardedTenant } from './onboard.js';
import { withServers } from './with-servers.js';

type Wanted = { readonly name: string; readonly termsFile: string | null; readonly isJson: boolean };

/**
 * Takes in the Business that `args` name, where `npm start` runs, else on servers started for the moment, and
 * prints its credential and what it came in under. Resolves with the exit code: 2 without exactly one name. Throws
 * what `parseTerms` throws, and `VALIDATION_FAILED` for a file that cannot be read; then nothing is written.
 */
export async function takeIn(args: readonly string[]): Promise<number> {
  const wanted = wantedBy(args);
  if (wanted === null) return 2;
  const { name, termsFile, isJson } = wanted;
  const terms = termsFile === null ? null : readTerms(termsFile);
  const tenant = await withServers(async (environment) => {
    const [onboarded] = await onboard(environment, [name], terms === null ? {} : { terms });
    return onboarded;
  });
  if (tenant === undefined) return 1;
  const under = terms === null ? STANDARD_AGREEMENT : 'as the file says';
  console.log(isJson ? JSON.stringify({ ...tenant, terms: under }) : asText(tenant, under));
  return 0;
}

function wantedBy(args: readonly string[]): Wanted | null {
  const rest = args.filter((arg) => arg !== '--json');
  const option = rest.indexOf('--terms');
  const given = option === -1 ? [] : rest.splice(option, 2).slice(1);
  const [name = '', ...more] = rest;
  const words = [name, ...given];
  const isMissing = words.some((word) => word.trim() === '' || word.startsWith('-'));
  if (isMissing || more.length > 0 || (option !== -1 && given.length === 0)) return null;
  return { name, termsFile: given[0] ?? null, isJson: args.includes('--json') };
}

/** Reads the terms of a file. Nothing of what it says is repeated in a refusal. */
function readTerms(path: string): NewTerms {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new DomainError('VALIDATION_FAILED', 'The file of terms cannot be read, or is not JSON.');
  }
  return parseTerms(file, new Date());
}

const asText = (
  { tenantId, clientId, clientSecret, logOrigin, vkey }: OnboardedTenant,
  under: Annex | string,
): string =>
  [
    `tenant         ${tenantId}`,
    `terms          ${typeof under === 'string' ? under : `${under.title}, sha256 ${under.sha256}`}`,
    `client id      ${clientId}`,
    `client secret  ${clientSecret}   (shown once)`,
    `log origin     ${logOrigin}`,
    `verifier key   ${vkey}`,
  ].join('\n');
