import { type DomainError, isDomainError } from '@personr/kernel';
import { verifyReceipt } from '@personr/proof';
import { readArguments, USAGE } from './arguments.js';
import { sheet } from './sheet.js';

/** What the command touches of the world outside. */
export type VerifierIo = {
  /** Returns the text of a file, of standard input for `-`. Rejects when it cannot be read. */
  read(file: string): Promise<string>;
  out(text: string): void;
  err(text: string): void;
};

type Receipt = { file: string; vkeys: readonly string[]; json: boolean };

/** Runs `personr-verify`. Resolves to its exit code: 0 verified, 1 refused, 2 the command cannot be followed. */
export async function runVerifier(argv: readonly string[], io: VerifierIo): Promise<number> {
  const request = readArguments(argv);
  if (request.ask === 'help') {
    io.out(USAGE);
    return 0;
  }
  if (request.ask === 'nothing') {
    io.err(`${request.sentence}\n\n${USAGE}`);
    return 2;
  }
  const text = await io.read(request.file).catch(() => undefined);
  if (text === undefined) {
    io.err('The file cannot be read as text.\n');
    return 2;
  }
  return judge(text, request, io);
}

function judge(text: string, { vkeys, json }: Receipt, io: VerifierIo): number {
  try {
    const verdict = verifyReceipt(text, vkeys);
    io.out(json ? asJson({ verified: true, ...verdict }) : sheet(verdict));
    return 0;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return refuse(error, json, io);
  }
}

function refuse({ code, message }: DomainError, json: boolean, io: VerifierIo): number {
  if (code === 'KEY_MALFORMED') {
    io.err(`A key given with --key is not one. ${message}\n`);
    return 2;
  }
  if (json) io.out(asJson({ verified: false, code, message }));
  else io.err(`REFUSED (${code}): ${message}\n`);
  return 1;
}

const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
