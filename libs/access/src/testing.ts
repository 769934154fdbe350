import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Certificate, selfSignedCertificate } from '@personr/testkit';
import { type KeySetFetching } from './key-set.fetcher.js';

export const KEY_HOST = 'keys.business.example';

/** A Business's own HTTPS server, on the loopback network, that publishes a key set. */
export type KeyServer = {
  readonly uri: string;
  /** What a fetcher must be told to reach it: nothing else of this machine is open to it. */
  readonly fetching: KeySetFetching & { readonly ports: readonly number[] };
  /** The requests that came, in order. */
  readonly requests: IncomingMessage[];
  /** How the next requests are answered. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  /** Answers the next requests with these keys. */
  publish(...keys: readonly object[]): void;
  stop(): Promise<void>;
};

/** Starts one under the name `keys.business.example`, which leads to 127.0.0.1 for its fetcher only. */
export async function startKeyServer(
  certificate: Certificate = selfSignedCertificate(KEY_HOST),
): Promise<KeyServer> {
  const server = createServer({ ...certificate }, (request, response) => {
    started.requests.push(request);
    started.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const started: KeyServer = {
    uri: `https://${KEY_HOST}:${port}/jwks.json`,
    fetching: {
      networks: ['127.0.0.1/32'],
      ports: [port],
      ca: certificate.cert,
      resolve: () => Promise.resolve(['127.0.0.1']),
    },
    requests: [],
    answer: (_, response) => void response.writeHead(404).end(),
    publish: (...keys) => {
      started.answer = (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/jwk-set+json' });
        response.end(JSON.stringify({ keys }));
      };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}
