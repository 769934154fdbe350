import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type House, type TestTenant } from './house.js';

/** Where an api listens. A house of one process listens from the first call on. */
export async function addressOf({ api }: House): Promise<string> {
  const server = api.getHttpServer();
  if (!server.listening) await api.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Lines both ways at once over one connection, whose sender decides when to send and when to read. */
export class LineExchange<Answer> {
  private readonly request: ClientRequest;
  private readonly answered: Promise<IncomingMessage>;
  private lines: AsyncIterator<string> | undefined;

  constructor(url: string, { token }: Pick<TestTenant, 'token'>, headers: object = {}) {
    this.request = httpRequest(url, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', ...headers },
    });
    this.request.flushHeaders();
    this.answered = once(this.request, 'response').then(([response]) => response as IncomingMessage);
    this.answered.catch(() => undefined);
    // A broken connection shows where it is read from.
    this.request.on('error', () => undefined);
  }

  /** The head of the answer. */
  head(): Promise<IncomingMessage> {
    return this.answered;
  }

  /** Sends lines, each with its end: objects as JSON, texts and bytes as they are. Waits while nobody reads them. */
  async send(...lines: readonly (object | string | Buffer)[]): Promise<void> {
    for (const line of lines) {
      const bytes = Buffer.isBuffer(line) || typeof line === 'string' ? line : JSON.stringify(line);
      this.request.write(bytes);
      if (!this.request.write('\n')) await this.drained();
    }
  }

  /** Resolves when more may be sent, or nothing can be any more. */
  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.request.off('drain', end).off('close', end);
        resolve();
      };
      this.request.on('drain', end).on('close', end);
    });
  }

  /** Sends bytes as they are. Returns whether more may be sent. */
  write(bytes: string | Buffer): boolean {
    return this.request.write(bytes);
  }

  end(): void {
    this.request.end();
  }

  /** Breaks the connection. */
  destroy(): void {
    this.request.destroy();
  }

  /** The next line of the answer; undefined after its end. */
  async next(): Promise<Answer | undefined> {
    this.lines ??= createInterface({ input: await this.answered })[Symbol.asyncIterator]();
    const next = await this.lines.next();
    return next.done === true ? undefined : (JSON.parse(next.value) as Answer);
  }

  /** Everything that is still to come. */
  async rest(): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let answer = await this.next(); answer !== undefined; answer = await this.next())
      answers.push(answer);
    return answers;
  }
}

/** Sends these lines as one exchange and returns all that is answered. */
export async function exchangeAll<Answer>(
  exchange: LineExchange<Answer>,
  lines: readonly (object | string | Buffer)[],
): Promise<Answer[]> {
  const sending = exchange.send(...lines).then(() => {
    exchange.end();
  });
  const answers = await exchange.rest();
  await sending;
  return answers;
}
