import { connect } from 'node:net';

/** A request, byte for byte. */
export type WireRequest = {
  readonly method: string;
  /** Path and query as they stand on the line. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
  /** What happens once everything is sent; the client waits for the answer unless it says otherwise. */
  readonly then?: 'WAIT' | 'END' | 'TRICKLE';
};

/** What came back; null for a connection that was closed without a word. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/** Neither an answer nor an end within the bound. */
export const HANGS = 'HANGS';

const PATIENCE_MS = 15_000;
const TRICKLE_MS = 200;

/** Sends a request on a connection of its own and reads until the other side closes it. */
export function send(port: number, request: WireRequest): Promise<WireAnswer | null | typeof HANGS> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    let drip: NodeJS.Timeout | undefined;
    const finish = (outcome?: typeof HANGS): void => {
      clearTimeout(patience);
      clearInterval(drip);
      socket.destroy();
      resolve(outcome ?? answerOf(Buffer.concat(chunks)));
    };
    const patience = setTimeout(() => {
      finish(HANGS);
    }, PATIENCE_MS);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isStream(chunks)) finish();
    });
    socket.once('error', () => {
      finish();
    });
    socket.once('end', () => {
      finish();
    });
    socket.write(headOf(request), 'latin1');
    if (request.body !== null) socket.write(request.body);
    if (request.then === 'END') socket.end();
    if (request.then === 'TRICKLE') drip = setInterval(() => socket.write('1\r\n \r\n'), TRICKLE_MS);
  });
}

/** The head of a request; a `Connection: close` of ours makes the end of an answer the end of the connection. */
function headOf({ method, target, headers }: WireRequest): string {
  const lines = [['Host', 'api.personr.example'] as const, ...headers, ['Connection', 'close'] as const];
  return [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  );
}

/** An event stream has no end; that it has begun is the answer. */
const isStream = (chunks: readonly Buffer[]): boolean =>
  /^HTTP\/1\.1 200[^]*content-type: text\/event-stream/i.test(chunks[0]?.toString('latin1') ?? '');

function answerOf(bytes: Buffer): WireAnswer | null {
  const text = withoutContinue(bytes.toString('latin1'));
  const end = text.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  if (status === undefined || end === -1) return null;
  const headers = Object.fromEntries(
    text
      .slice(0, end)
      .split('\r\n')
      .slice(1)
      .map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
  ) as Record<string, string>;
  const rest = text.slice(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? unchunked(rest) : sized(rest, headers);
  return { status: Number(status), headers, text: Buffer.from(body, 'latin1').toString('utf8') };
}

const withoutContinue = (text: string): string => text.replace(/^HTTP\/1\.1 100[^]*?\r\n\r\n/, '');

/** Behind the body another answer may stand, to what a shortened body left over. */
const sized = (text: string, headers: Readonly<Record<string, string>>): string =>
  text.slice(0, Number(headers['content-length'] ?? text.length));

function unchunked(text: string): string {
  const [size = '0'] = /^[0-9a-f]+/i.exec(text) ?? [];
  const start = text.indexOf('\r\n') + 2;
  const length = Number.parseInt(size, 16);
  if (length === 0 || start === 1) return '';
  return text.slice(start, start + length) + unchunked(text.slice(start + length + 2));
}
