import { type Finding } from './finding.js';

/** A setting's name, what it may be, and whether a server may not know it. */
type Rule = { readonly name: string; readonly allowed: readonly string[]; readonly isOptional?: true };

/**
 * With these no statement, parameter or row of a session reaches the server's log. `log_min_messages` is among them
 * because the first line of an error may quote a value (`invalid input syntax for type uuid: "..."`); `log` still
 * shows what the server says of itself. PostgreSQL 18, section 19.8.
 */
export const SERVER_RULES: readonly Rule[] = [
  { name: 'log_min_messages', allowed: ['log', 'fatal', 'panic'] },
  { name: 'log_min_error_statement', allowed: ['panic'] },
  { name: 'log_error_verbosity', allowed: ['terse'] },
  { name: 'log_parameter_max_length', allowed: ['0'] },
  { name: 'log_parameter_max_length_on_error', allowed: ['0'] },
  { name: 'log_statement', allowed: ['none'] },
  { name: 'log_min_duration_statement', allowed: ['-1'] },
  { name: 'log_min_duration_sample', allowed: ['-1'] },
  { name: 'log_transaction_sample_rate', allowed: ['0'] },
  { name: 'debug_print_parse', allowed: ['off'] },
  { name: 'debug_print_rewritten', allowed: ['off'] },
  { name: 'debug_print_plan', allowed: ['off'] },
  { name: 'auto_explain.log_min_duration', allowed: ['-1'], isOptional: true },
  { name: 'pgaudit.log', allowed: ['none', ''], isOptional: true },
];

/** What a server says its settings are for one login: null where it does not know one. */
export type ServerSettings = Readonly<Record<string, string | null>>;

/** Says which settings of the server, as this login has them, may write a value to the server's log. */
export function serverFindings(login: string, settings: ServerSettings): Finding[] {
  const loud = SERVER_RULES.filter(({ name, allowed, isOptional }) => {
    const value = settings[name] ?? null;
    return value === null ? isOptional !== true : !allowed.includes(value);
  });
  if (loud.length === 0) return [];
  const wanted = loud.map(({ name, allowed }) => `${name} = ${allowed[0] ?? ''}`).join(', ');
  const sentence = `The PostgreSQL server behind ${login} may write values of rows to its log. Set ${wanted} (in postgresql.conf, or for the login with ALTER ROLE ... SET).`;
  return [{ code: 'SERVER_LOGS_VALUES', weight: 'REFUSE', sentence }];
}
