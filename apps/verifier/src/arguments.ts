import { parseArgs } from 'node:util';

/** Whom to trust, as the command line says it. */
export type TrustWords = {
  readonly keys: readonly string[];
  readonly metaKeys: readonly string[];
  readonly witnesses: readonly string[];
  readonly quorum: string | undefined;
  readonly policy: string | undefined;
  readonly requireWitness: boolean;
  readonly allowPending: boolean;
};

/** What there is to verify, and how to say what came of it. `bearerFile` holds a credential for URLs. */
export type Asked = {
  readonly subject: string;
  readonly trust: TrustWords;
  readonly json: boolean;
  readonly bearerFile: string | undefined;
  /** A directory; false when nothing is to be remembered, undefined for the usual one. */
  readonly state: string | false | undefined;
};

/** What the command was asked. */
export type Request =
  | ({ readonly ask: 'receipt' | 'checkpoint' | 'drill' } & Asked)
  | ({ readonly ask: 'log'; readonly from: string | undefined } & Asked)
  | ({
      readonly ask: 'witness';
      readonly name: string;
      readonly secret: string;
      readonly listen: string;
    } & Omit<Asked, 'subject' | 'json'>)
  | { readonly ask: 'help' }
  | { readonly ask: 'nothing'; readonly sentence: string };

const NO_KEY =
  'No key was given. Take the verifier key from your agreement with Personr or from a copy you kept, ' +
  'never from the evidence, and pass it with --key or in a --policy file.';

const VERIFY = ['receipt', 'log', 'checkpoint', 'drill'] as const;
const OPTIONS = {
  key: { type: 'string', multiple: true },
  'meta-key': { type: 'string', multiple: true },
  witness: { type: 'string', multiple: true },
  quorum: { type: 'string' },
  policy: { type: 'string' },
  'require-witness': { type: 'boolean' },
  'allow-pending': { type: 'boolean' },
  'bearer-file': { type: 'string' },
  state: { type: 'string' },
  'no-state': { type: 'boolean' },
  from: { type: 'string' },
  name: { type: 'string' },
  secret: { type: 'string' },
  listen: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const COMMON = ['key', 'policy', 'help'];
const REMEMBERS = ['state', 'no-state'];
const READS = ['json', 'bearer-file'];
const WITNESSED = ['witness', 'quorum', 'require-witness', 'allow-pending'];

/** Which options each command takes: one that would do nothing is refused rather than ignored. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  receipt: [...COMMON, ...READS, ...WITNESSED, 'meta-key'],
  checkpoint: [...COMMON, ...READS, ...WITNESSED, ...REMEMBERS],
  log: [...COMMON, ...READS, ...WITNESSED, ...REMEMBERS, 'from'],
  drill: [...COMMON, ...READS],
  witness: [...COMMON, 'state', 'name', 'secret', 'listen'],
};

/** Reads the command line (without node and script). Never throws: what it cannot follow is `nothing`. */
export function readArguments(argv: readonly string[]): Request {
  const parsed = parse(argv);
  if (parsed === undefined) return nothing('There is an option this command does not know.');
  const { values, positionals } = parsed;
  if (values.help === true) return { ask: 'help' };
  const [command = '', ...subjects] = positionals;
  const refused = whyNot(command, values);
  if (refused !== null) return nothing(refused);
  return command === 'witness' ? witness(values, subjects) : verification(command, values, subjects);
}

function whyNot(command: string, values: Values): string | null {
  const takes = Object.hasOwn(TAKES, command) ? TAKES[command] : undefined;
  if (takes === undefined) {
    return 'Say what to do: receipt, log, checkpoint or drill with what to verify, or witness.';
  }
  const stranger = Object.keys(values).find((option) => !takes.includes(option));
  if (stranger !== undefined) return `--${stranger} means nothing to ${command}.`;
  return values.key === undefined && values.policy === undefined ? NO_KEY : null;
}

type Values = NonNullable<ReturnType<typeof parse>>['values'];

function verification(command: string, values: Values, [subject, ...more]: readonly string[]): Request {
  const ask = VERIFY.find((known) => known === command);
  if (ask === undefined || subject === undefined || more.length > 0) {
    return nothing(
      `Say what to verify: ${command} ${command === 'log' ? 'DIRECTORY or URL' : 'FILE or URL'}.`,
    );
  }
  const asked = { ...common(values), subject, json: values.json === true };
  return ask === 'log' ? { ask, ...asked, from: values.from } : { ask, ...asked };
}

function witness(values: Values, subjects: readonly string[]): Request {
  const { name, secret, state } = values;
  if (name === undefined || secret === undefined || state === undefined || subjects.length > 0) {
    return nothing('A witness has a --name, a --secret file and a --state directory.');
  }
  return { ask: 'witness', ...common(values), name, secret, listen: values.listen ?? '127.0.0.1:0' };
}

const common = (values: Values): Omit<Asked, 'subject' | 'json'> => ({
  trust: {
    keys: values.key ?? [],
    metaKeys: values['meta-key'] ?? [],
    witnesses: values.witness ?? [],
    quorum: values.quorum,
    policy: values.policy,
    requireWitness: values['require-witness'] === true,
    allowPending: values['allow-pending'] === true,
  },
  bearerFile: values['bearer-file'],
  state: values['no-state'] === true ? false : values.state,
});

const nothing = (sentence: string): Request => ({ ask: 'nothing', sentence });

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  } catch {
    return undefined;
  }
}
