import { dirname } from 'node:path';
import { DomainError, isDomainError } from '@personr/kernel';
import { type Asked, readArguments, type Request } from './arguments.js';
import { judgeCheckpoint } from './checkpoint.command.js';
import { judgeDrill } from './drill.command.js';
import {
  type EvidenceSource,
  fetchBytes,
  isUrl,
  openSource,
  readBearer,
  readBelow,
} from './evidence-source.js';
import { type VerifierIo } from './io.js';
import { judgeLog } from './log.command.js';
import { Memory } from './memory.js';
import { judgeReceipt } from './receipt.command.js';
import { asJson, printable, sheet } from './sheet.js';
import { readTrust } from './trust.js';
import { Unfollowable } from './unfollowable.js';
import { USAGE } from './usage.js';
import { type Verdict } from './verdict.js';
import { runWitness } from './witness.command.js';

type Verification = Extract<Request, { subject: string }>;

const DOCUMENT_LIMIT = 2 ** 23;

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
  try {
    if (request.ask === 'witness') return await runWitness(request, io);
    const verdict = await judge(request, io);
    io.out(request.json ? asJson(verdict) : sheet(verdict));
    return verdict.verified ? 0 : 1;
  } catch (error) {
    return answer(error, request.ask !== 'witness' && request.json, io);
  }
}

async function judge(request: Verification, io: VerifierIo): Promise<Verdict> {
  const trust = await readTrust(request.trust);
  const now = io.clock.now().toISOString();
  const memory = memoryOf(request, io);
  if (request.ask === 'log') {
    const source = openSource(request.subject, await bearerOf(request, io));
    const print = io.isWatched
      ? (text: string): void => {
          io.err(text);
        }
      : null;
    return judgeLog({ source, trust, memory, least: leastOf(request.from), now, print });
  }
  const text = decode(await readSubject(request, io));
  if (request.ask === 'receipt') return judgeReceipt(text, trust);
  if (request.ask === 'drill') return judgeDrill(text, trust);
  return judgeCheckpoint({ note: text, source: await beside(request, io), trust, memory, now });
}

const bearerOf = ({ bearerFile }: Asked, io: VerifierIo): Promise<string | null> =>
  readBearer(bearerFile, io.config.bearer);

async function readSubject(asked: Asked, io: VerifierIo): Promise<Uint8Array> {
  const { subject } = asked;
  if (subject === '-') return io.stdin();
  const bytes = isUrl(subject)
    ? await fetchBytes(subject, await bearerOf(asked, io), DOCUMENT_LIMIT)
    : readBelow('', subject, DOCUMENT_LIMIT);
  if (bytes === null) throw new Unfollowable('There is nothing at that place.');
  return bytes;
}

/** The log around a checkpoint, if it lies or is served where a log has it. */
async function beside(asked: Asked, io: VerifierIo): Promise<EvidenceSource | null> {
  const { subject } = asked;
  if (!/(?:^|\/)checkpoint$/.test(subject)) return null;
  return openSource(
    isUrl(subject) ? subject.slice(0, -'/checkpoint'.length) : dirname(subject),
    await bearerOf(asked, io),
  );
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DomainError('PROOF_INVALID', 'That is not text.');
  }
}

const memoryOf = ({ state }: Asked, { config }: VerifierIo): Memory =>
  new Memory(state === false ? null : (state ?? config.stateDirectory));

function leastOf(from: string | undefined): number | null {
  if (from === undefined) return null;
  if (!/^(?:0|[1-9]\d{0,14})$/.test(from)) throw new Unfollowable('--from is the index of an entry.');
  return Number(from);
}

function answer(error: unknown, json: boolean, io: VerifierIo): number {
  if (error instanceof Unfollowable) {
    io.err(`${error.message}\n`);
    return 2;
  }
  if (!isDomainError(error)) throw error;
  const { code, message } = error;
  if (json) io.out(`${JSON.stringify({ verified: false, code, message }, null, 2)}\n`);
  else io.err(printable(`REFUSED (${code}): ${message}\n`));
  return 1;
}
