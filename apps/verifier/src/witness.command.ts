import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { ADD_CHECKPOINT_PATH } from '@personr/proof';
import { isDomainError } from '@personr/kernel';
import { type Request } from './arguments.js';
import { type VerifierIo } from './io.js';
import { readTrust } from './trust.js';
import { Unfollowable } from './unfollowable.js';
import { LogWitness, type WitnessAnswer } from './witness.js';
import { witnessSecret } from './witness-secret.js';
import { WitnessState } from './witness-state.js';

type Asked = Extract<Request, { ask: 'witness' }>;

// A checkpoint with a hundred signatures and 63 hashes is less than half of this.
const BODY_LIMIT = 65_536;
const PATIENCE_MS = 10_000;

/** Serves a witness until it is told to end. Resolves with 0. Throws `Unfollowable` when it cannot be begun. */
export async function runWitness(asked: Asked, io: VerifierIo): Promise<number> {
  const { keys } = await readTrust(asked.trust);
  if (typeof asked.state !== 'string') throw new Unfollowable('A witness has a --state directory.');
  const cosigner = namedSecret(asked);
  const state = new WitnessState(asked.state);
  const server = serve(new LogWitness(cosigner, keys, state, io.clock), io);
  const { host, port } = addressOf(asked.listen);
  server.listen(port, host);
  await once(server, 'listening').catch(() => {
    throw new Unfollowable('That address cannot be listened at.');
  });
  const { port: taken } = server.address() as AddressInfo;
  io.out(`witness ${cosigner.vkey}\nlistens at http://${host.includes(':') ? `[${host}]` : host}:${taken}\n`);
  await io.ended();
  server.close();
  server.closeAllConnections();
  return 0;
}

function namedSecret({ name, secret }: Asked) {
  try {
    return witnessSecret(name, secret);
  } catch (error) {
    if (isDomainError(error)) throw new Unfollowable(error.message);
    throw error;
  }
}

function addressOf(listen: string): { host: string; port: number } {
  const [, host = '', digits = ''] = /^(?:\[?)([^\]]+?)(?:\]?):(\d{1,5})$/.exec(listen) ?? [];
  const port = Number(digits);
  if (host === '' || port > 65_535) throw new Unfollowable('--listen reads HOST:PORT.');
  return { host, port };
}

function serve(witness: LogWitness, io: VerifierIo): Server {
  const server = createServer((request, response) => {
    answer(request, witness, io).then(
      (said) => {
        send(response, said);
      },
      () => {
        response.destroy();
      },
    );
  });
  server.requestTimeout = PATIENCE_MS;
  server.headersTimeout = PATIENCE_MS;
  return server;
}

async function answer(request: IncomingMessage, witness: LogWitness, io: VerifierIo): Promise<WitnessAnswer> {
  if (request.url !== ADD_CHECKPOINT_PATH) return { status: 404, body: 'There is nothing here.\n' };
  if (request.method !== 'POST') return { status: 405, body: 'A checkpoint is posted.\n' };
  const body = await readBody(request);
  if (body === null) return { status: 413, body: 'That is too long.\n' };
  try {
    return witness.addCheckpoint(body);
  } catch (error) {
    io.err(`${error instanceof Error ? error.message : 'The witness failed.'}\n`);
    return { status: 500, body: 'The witness cannot answer now.\n' };
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length <= BODY_LIMIT) parts.push(part as Buffer);
  }
  return length > BODY_LIMIT ? null : Buffer.concat(parts).toString('utf8');
}

function send(
  response: ServerResponse,
  { status, body, type = 'text/plain; charset=utf-8' }: WitnessAnswer,
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
