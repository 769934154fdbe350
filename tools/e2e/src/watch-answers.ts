import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What the api answered to one request. */
export type SeenAnswer = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
};

/** Keeps every answer that this server gives from now on. Bodies are kept as text. */
export function watchAnswers(server: Server): SeenAnswer[] {
  const seen: SeenAnswer[] = [];
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    const keep = (chunk: unknown): void => {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    };
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.write = (...args: unknown[]) => {
      keep(args[0]);
      return write(...args);
    };
    response.end = (...args: unknown[]) => {
      keep(args[0]);
      return end(...args);
    };
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    let head: Record<string, unknown> = {};
    response.writeHead = (...args: unknown[]) => {
      const last = args.at(-1);
      // Headers that come no other way are kept by nobody else.
      if (typeof last === 'object' && last !== null) head = lowerCase(last as Record<string, unknown>);
      return writeHead(...args);
    };
    response.once('finish', () => {
      seen.push({
        method: (request.method ?? '').toLowerCase(),
        path: (request.url ?? '').split('?')[0] ?? '',
        status: response.statusCode,
        headers: { ...response.getHeaders(), ...head },
        text: Buffer.concat(chunks).toString('utf8'),
      });
    });
  });
  return seen;
}

const lowerCase = (headers: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
