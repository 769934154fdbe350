import { parseArgs } from 'node:util';

/** What the command was asked. */
export type Request =
  | { ask: 'receipt'; file: string; vkeys: readonly string[]; json: boolean }
  | { ask: 'help' }
  | { ask: 'nothing'; sentence: string };

/** How the command is used. */
export const USAGE = `Usage: personr-verify receipt FILE --key VKEY [--key VKEY] [--json]

Checks a Personr receipt offline. FILE is the receipt; - reads it from standard input.

  --key VKEY   a verifier key you trust: name+8 hex digits+base64
  --json       print the verdict as JSON

Ends with 0 when the receipt holds, 1 when it is refused, 2 when the command cannot be followed.
`;

const NO_KEY =
  'No key was given. Take the verifier key from your agreement with Personr or from a copy you kept, ' +
  'never from the receipt, and pass it with --key.';

/** Reads the command line (without node and script). Never throws: what it cannot follow is `nothing`. */
export function readArguments(argv: readonly string[]): Request {
  const parsed = parse(argv);
  if (parsed === undefined)
    return { ask: 'nothing', sentence: 'There is an option this command does not know.' };
  const { values, positionals } = parsed;
  if (values.help === true) return { ask: 'help' };
  const [command, file, ...more] = positionals;
  if (command !== 'receipt' || file === undefined || more.length > 0) {
    return { ask: 'nothing', sentence: 'Say what to verify: receipt FILE.' };
  }
  const vkeys = values.key ?? [];
  if (vkeys.length === 0) return { ask: 'nothing', sentence: NO_KEY };
  return { ask: 'receipt', file, vkeys, json: values.json === true };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch {
    return undefined;
  }
}
