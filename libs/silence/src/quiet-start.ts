import { DomainError } from '@personr/kernel';
import { type Durability } from '@personr/vault';
import { type Logger } from 'pino';
import { type Finding, NOT_CHECKED } from './finding.js';
import { processFindings, type ProcessFacts } from './process-findings.js';
import { serverFindings, type ServerSettings } from './server-findings.js';
import { SINGLE_KEY_STORE_ACCEPTED } from './silence.options.js';

/** All that a start is judged by. */
export type StartFacts = {
  readonly process: ProcessFacts;
  /** What each login's server says, by the name of the variable that holds its URL. */
  readonly servers: ReadonlyMap<string, ServerSettings>;
  readonly durability: Durability;
  readonly acceptsSingleKeyStore: boolean;
};

/** Says what this process and its servers may write down on the side. */
export function startFindings({
  process,
  servers,
  durability,
  acceptsSingleKeyStore,
}: StartFacts): Finding[] {
  return [
    ...processFindings(process),
    ...[...servers].flatMap(([login, settings]) => serverFindings(login, settings)),
    ...(durability === 'SINGLE' ? [singleKeyStore(acceptsSingleKeyStore)] : []),
  ];
}

/** Says every finding and what was not checked in the log. Throws `START_UNSAFE`, naming all that refuse, when one does. */
export function refuseLoudStart(findings: readonly Finding[], logger: Logger): void {
  for (const { code, weight, sentence } of findings) {
    logger[weight === 'REFUSE' ? 'error' : 'warn']({ code }, sentence);
  }
  logger.info({ notChecked: NOT_CHECKED }, 'not checked at the start: see to these yourself');
  const refused = findings.filter(({ weight }) => weight === 'REFUSE');
  if (refused.length === 0) return;
  throw new DomainError(
    'START_UNSAFE',
    refused.map(({ code, sentence }) => `${code}: ${sentence}`).join(' '),
  );
}

const singleKeyStore = (isAccepted: boolean): Finding => ({
  code: 'KEY_STORE_SINGLE',
  weight: isAccepted ? 'WARN' : 'REFUSE',
  sentence: isAccepted
    ? 'The key store has no synchronous standby, as ACCEPT_SINGLE_KEY_STORE allows: losing it loses whoever was taken in since its last copy.'
    : `The key store has no synchronous standby: losing it loses every subject. Give it one (synchronous_standby_names, synchronous_commit = on), or set ACCEPT_SINGLE_KEY_STORE to: ${SINGLE_KEY_STORE_ACCEPTED}`,
});
