import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Certificate, selfSignedCertificate } from './certificate.js';

/** What was PUT, with what was said of it. */
export type InboxItem = { readonly bytes: Buffer; readonly headers: IncomingMessage['headers'] };

/** An HTTPS server on the loopback network that takes in whatever is PUT there. */
export type Inbox = {
  readonly url: string;
  readonly port: number;
  /** The certificate that vouches for it. */
  readonly ca: string;
  /** What is there, by its path. */
  readonly items: Map<string, InboxItem>;
  /** Every request that came, taken in or not. */
  readonly requests: IncomingMessage[];
  /** How the next requests are answered; as an inbox when undefined. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  stop(): Promise<void>;
};

/** Starts one at 127.0.0.1, under a certificate of that address unless another is given. */
export async function startInbox(
  certificate: Certificate = selfSignedCertificate('127.0.0.1'),
): Promise<Inbox> {
  const server = createServer({ ...certificate }, (request, response) => {
    inbox.requests.push(request);
    (inbox.answer ?? takeIn)(request, response);
  });
  // A connection that the other side broke off is no failure of the server's.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const takeIn = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
    request.on('end', () => {
      if (!request.complete) return;
      inbox.items.set(request.url ?? '', { bytes: Buffer.concat(chunks), headers: request.headers });
      response.writeHead(201).end();
    });
  };
  const inbox: Inbox = {
    url: `https://127.0.0.1:${port}`,
    port,
    ca: certificate.cert,
    items: new Map(),
    requests: [],
    answer: undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return inbox;
}
