import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pinnedTo } from '@personr/access';
import { type Carrier, type Line, type Measure, type Shipment } from './carrier.js';
import { DeliveryFailure, reasonOfStatus } from './delivery-failure.js';
import { hostOf, type HttpsAddress, type HttpsSecret } from './endpoint.js';

/** Puts each parcel below a URL (RFC 9110, section 9.3.4), with its length and, where it is known, its `Content-Digest` (RFC 9530). */
export class HttpsCarrier implements Carrier {
  readonly measures = true;
  readonly patience = 1;

  constructor(
    private readonly address: HttpsAddress,
    private readonly secret: HttpsSecret,
  ) {}

  get host(): string {
    return hostOf(new URL(this.address.url));
  }

  async bring({ name, flow, measure }: Shipment, line: Line): Promise<void> {
    const put = this.open(name, headersOf(measure, this.secret), { ...line, signal: flow.signal });
    const sent = pipeline(Readable.from(flow, { objectMode: false }), put);
    // An answer may come before all was sent, and then the rest fails: what counts is that answer.
    sent.catch(() => undefined);
    try {
      const answer = await answerOf(put);
      const reason = reasonOfStatus(answer.statusCode ?? 0);
      answer.resume();
      if (reason !== null) throw new DeliveryFailure(reason);
      await sent;
    } finally {
      put.destroy();
    }
  }

  private open(
    name: string,
    headers: OutgoingHttpHeaders,
    { addresses, connectMilliseconds, signal }: Line & { readonly signal: AbortSignal },
  ): ClientRequest {
    const url = new URL(this.address.url);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${name}`;
    const put = request(url, {
      method: 'PUT',
      agent: false,
      lookup: pinnedTo(addresses),
      ...(isIP(this.host) === 0 ? { servername: this.host } : {}),
      minVersion: 'TLSv1.2',
      maxHeaderSize: 16 * 1024,
      signal,
      headers,
      ...(this.address.ca === null ? {} : { ca: this.address.ca }),
    });
    const timer = setTimeout(() => put.destroy(new DeliveryFailure('UNREACHABLE')), connectMilliseconds);
    const connected = (): void => {
      clearTimeout(timer);
    };
    put.once('socket', (socket) => socket.once('secureConnect', connected)).once('close', connected);
    return put;
  }
}

const headersOf = (measure: Measure | null, { bearer }: HttpsSecret): OutgoingHttpHeaders => ({
  'Content-Type': 'application/octet-stream',
  ...(measure === null ? {} : { 'Content-Length': measure.size }),
  ...(measure?.sha256 == null
    ? {}
    : { 'Content-Digest': `sha-256=:${Buffer.from(measure.sha256, 'hex').toString('base64')}:` }),
  ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
});

const answerOf = (put: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    put.once('response', resolve).once('error', reject);
    put.once('close', () => {
      reject(new DeliveryFailure('CLOSED_MIDWAY'));
    });
  });
