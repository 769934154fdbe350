import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { COLLECTED } from './bodies.js';
import { type House, type TestTenant } from './house.js';

/** An answer, whole. */
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
};

/** What a document is said to be, unless changed. */
export const aboutDocument = (changes: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({ element: 'SELFIE', ...COLLECTED, ...changes }).toString();

/** A `Content-Digest` of these bytes. */
export const digestOf = (bytes: Uint8Array): string =>
  `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

/** The body of an answer as JSON. */
export const jsonOf = ({ bytes }: Answer) => JSON.parse(bytes.toString()) as Record<string, unknown>;

/** Sends and gets documents over real connections, byte for byte, as no client library would change them. */
export class DocumentWire {
  private constructor(
    private readonly port: number,
    private readonly tenant: TestTenant,
  ) {}

  /** Lets the house listen, once, and speaks to it as this tenant. */
  static async open({ api }: House, tenant: TestTenant): Promise<DocumentWire> {
    const server = api.getHttpServer();
    if (!server.listening) await api.listen(0, '127.0.0.1');
    return new DocumentWire((server.address() as AddressInfo).port, tenant);
  }

  path(subjectId: string, query = aboutDocument()): string {
    return `/v1/subjects/${subjectId}/documents?${query}`;
  }

  /** Posts a body, with its length, or in chunks when it is a list of pieces. */
  post(
    path: string,
    body: Uint8Array | readonly Uint8Array[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isWhole = body instanceof Uint8Array;
    const length: Record<string, string> = isWhole ? { 'content-length': String(body.length) } : {};
    return this.send('POST', path, { ...length, ...headers }, isWhole ? [body] : body);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, headers, []);
  }

  /** A connection on which the head of a post has been sent and nothing else. */
  begin(path: string, headers: Readonly<Record<string, string>>): Socket {
    const socket = connect(this.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const lines = Object.entries({
      host: 'localhost',
      authorization: `Bearer ${this.tenant.token}`,
      'content-type': 'image/png',
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    return socket;
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    pieces: readonly Uint8Array[],
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const authorization = `Bearer ${this.tenant.token}`;
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          agent: false,
          headers: { authorization, ...headers },
        },
        (response) => {
          buffer(response).then((bytes) => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes });
          }, reject);
        },
      );
      sent.once('error', reject);
      Readable.from(pieces).pipe(sent);
    });
  }
}

/** All that a connection says until it ends. */
export async function saidOn(socket: Socket): Promise<string> {
  return (await buffer(socket).catch(() => Buffer.alloc(0))).toString('latin1');
}
