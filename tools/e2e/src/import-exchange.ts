import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type House, type TestTenant } from './house.js';

/** A line of an import's answer: of a line that was taken or refused, or the summary. */
export type ImportAnswer = {
  readonly line?: number;
  readonly status?: number;
  readonly id?: string;
  readonly replayed?: boolean;
  readonly code?: string;
  readonly records?: readonly { readonly element: string }[];
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
  readonly summary?: {
    readonly complete: boolean;
    readonly lines: number;
    readonly created: number;
    readonly updated: number;
    readonly replayed: number;
    readonly refused: number;
    readonly code?: string;
  };
};

/** Where an api listens. A house of one process listens from the first call on. */
export async function addressOf({ api }: House): Promise<string> {
  const server = api.getHttpServer();
  if (!server.listening) await api.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One import, both ways at once over one connection, whose sender decides when to send and when to read. */
export class ImportExchange {
  private readonly request: ClientRequest;
  private readonly answered: Promise<IncomingMessage>;
  private lines: AsyncIterator<string> | undefined;

  constructor(baseUrl: string, { token }: Pick<TestTenant, 'token'>, headers: object = {}) {
    this.request = httpRequest(`${baseUrl}/v1/subjects/import`, {
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
  async next(): Promise<ImportAnswer | undefined> {
    this.lines ??= createInterface({ input: await this.answered })[Symbol.asyncIterator]();
    const next = await this.lines.next();
    return next.done === true ? undefined : (JSON.parse(next.value) as ImportAnswer);
  }

  /** Everything that is still to come. */
  async rest(): Promise<ImportAnswer[]> {
    const answers: ImportAnswer[] = [];
    for (let answer = await this.next(); answer !== undefined; answer = await this.next())
      answers.push(answer);
    return answers;
  }
}

/** Sends these lines as one import and returns all that is answered. */
export async function importAll(
  house: House,
  tenant: TestTenant,
  lines: readonly (object | string | Buffer)[],
): Promise<ImportAnswer[]> {
  const exchange = new ImportExchange(await addressOf(house), tenant);
  const sending = exchange.send(...lines).then(() => {
    exchange.end();
  });
  const answers = await exchange.rest();
  await sending;
  return answers;
}
