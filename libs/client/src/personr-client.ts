import createClient, { type Client } from 'openapi-fetch';
import { type Clock, SystemClock } from '@personr/kernel';
import { AccessToken } from './access-token.js';
import { addDocument, type DocumentContent } from './add-document.js';
import { type ClientCredential } from './client-credential.js';
import {
  type Admission,
  type Admitted,
  type ImportLine,
  type ImportResult,
  type Instruction,
  type Inventory,
  type NewDocument,
  type OpenedRecord,
  type Order,
  type OrderLine,
  type OrderResult,
  type Reading,
  type TakenDocument,
  type Whom,
} from './contract.js';
import { exchangeLines, type LineSending } from './exchange-lines.js';
import { type paths } from './openapi.gen.js';
import { problemOf } from './personr-problem.js';
import { signedInFetch } from './signed-in-fetch.js';
import { type Waiting, waitUntil } from './wait-until.js';

/** Where the api is and who asks, by secret or by key. `fetch` and `clock` are the platform's own when left out. */
export type PersonrClientOptions = ClientCredential & {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
};

/** A key that makes a request safe to send again. One is generated when it is left out. */
export type Once = { readonly idempotencyKey?: string };

const RECEIPT_LOOKS = 20;
const RECEIPT_PAUSE_MILLISECONDS = 250;

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** A client that signs in by itself, and stays so. */
export const createPersonrClient = (options: PersonrClientOptions): PersonrClient =>
  new PersonrClient(options);

/**
 * The api, with a verb for what is done most. Every verb throws `PersonrProblem` for an answer that says no, and
 * what `fetch` throws when there is none. `http` is the whole contract, typed, for everything else.
 */
export class PersonrClient {
  readonly http: Client<paths>;
  private readonly clock: Clock;
  private readonly sending: LineSending;

  constructor(options: PersonrClientOptions) {
    const baseUrl = options.baseUrl.replace(/\/+$/, '');
    const plainFetch = options.fetch ?? fetch;
    this.clock = options.clock ?? new SystemClock();
    const { clientId } = options;
    const source = { baseUrl, clientId, credential: options, fetch: plainFetch, clock: this.clock };
    const token = new AccessToken(source);
    this.sending = { baseUrl, token, fetch: plainFetch, pause };
    this.http = createClient<paths>({
      baseUrl,
      fetch: signedInFetch(this.sending),
    });
  }

  /** Takes a person in, or adds to one who is known under the same external id. */
  async admitSubject(admission: Admission, once: Once = {}): Promise<Admitted> {
    const params = { header: keyOf(once) };
    return taken(await this.http.POST('/v1/subjects', { body: admission, params }));
  }

  /**
   * Takes many people in, and yields what came of each line, in order: in Node while the lines are sent; in a
   * browser once all are, as its `fetch` goes one way after the other. Goes on by itself when a stream ends early.
   */
  importSubjects(lines: AsyncIterable<ImportLine> | Iterable<ImportLine>): AsyncGenerator<ImportResult> {
    return exchangeLines(lines, { ...this.sending, path: '/v1/subjects/import' });
  }

  /**
   * Adds a document to a person, under its digest: sent again after a broken connection, it is still one document.
   * Its bytes are in memory while their digest is made; larger ones go through `http`, or in a stream of your own.
   */
  addDocument(
    subjectId: string,
    about: NewDocument,
    content: DocumentContent,
    once: Once = {},
  ): Promise<TakenDocument> {
    const idempotencyKey = once.idempotencyKey ?? crypto.randomUUID();
    return addDocument(this.sending, { ...content, subjectId, about, idempotencyKey });
  }

  /** Opens a document of a person for a named purpose, as it comes. The tenant's log says that it was done. */
  async document(
    subjectId: string,
    documentId: string,
    purpose: Reading['purpose'],
  ): Promise<ReadableStream<Uint8Array>> {
    const params = { path: { id: subjectId, documentId }, query: { purpose } };
    const path = '/v1/subjects/{id}/documents/{documentId}';
    return taken(await this.http.GET(path, { params, parseAs: 'stream' })) as ReadableStream<Uint8Array>;
  }

  /** What is held of a person, element by element, without values. */
  async inventory(subjectId: string): Promise<Inventory> {
    return taken(await this.http.GET('/v1/subjects/{id}', { params: { path: { id: subjectId } } }));
  }

  /** Our id of a person, or null when nobody is held under that name. */
  async lookup(whom: Whom): Promise<string | null> {
    const answer = await this.http.POST('/v1/subjects/lookup', { body: whom });
    if (answer.error?.code === 'SUBJECT_NOT_FOUND') return null;
    return taken(answer).id;
  }

  /** Opens values of a person for a named purpose. The tenant's log says that it was done. */
  async readRecords(subjectId: string, reading: Reading): Promise<OpenedRecord[]> {
    const params = { path: { id: subjectId } };
    return taken(await this.http.POST('/v1/subjects/{id}/records/read', { body: reading, params })).records;
  }

  /**
   * Forwards a written order. Sent again after a broken connection, it is still one instruction. For a person who
   * is erased already, returns the instruction that did it, with `code` `ALREADY_ERASED`.
   */
  async forwardInstruction(order: Order, once: Once = {}): Promise<Instruction> {
    const params = { header: keyOf(once) };
    return taken(await this.http.POST('/v1/instructions', { body: order, params }));
  }

  /**
   * Forwards many written orders, and yields what came of each line, in order and while they are sent, as
   * `importSubjects` does: each order has one effect, however often the stream breaks.
   */
  forwardInstructions(lines: AsyncIterable<OrderLine> | Iterable<OrderLine>): AsyncGenerator<OrderResult> {
    return exchangeLines(lines, { ...this.sending, path: '/v1/instructions/batch' });
  }

  /** How far an instruction is. */
  async instruction(id: string): Promise<Instruction> {
    return taken(await this.http.GET('/v1/instructions/{id}', { params: { path: { id } } }));
  }

  /**
   * Looks again and again until the instruction has ended; tells `onProgress` of each look that showed something
   * new. Throws `StillRunning` after `timeoutMs` (60 seconds when left out).
   */
  waitForEnd(id: string, waiting: Waiting = {}): Promise<Instruction> {
    return waitUntil(() => this.instruction(id), { ...waiting, clock: this.clock, pause });
  }

  /**
   * The receipt, as JSON text: keep it as it is and give it to the verifier. It follows the end of an instruction
   * within a moment, which this waits for. Throws `NOT_FINISHED` for an instruction that has not ended.
   */
  async receipt(id: string): Promise<string> {
    const params = { path: { id } };
    for (let look = 1; ; look += 1) {
      const answer = await this.http.GET('/v1/instructions/{id}/receipt', { params, parseAs: 'text' });
      const isComing = answer.error?.code === 'NOT_FINISHED' && (await this.instruction(id)).final;
      if (!isComing || look === RECEIPT_LOOKS) return taken<string>(answer);
      await pause(RECEIPT_PAUSE_MILLISECONDS);
    }
  }
}

function taken<Data>({ data, error, response }: Answer<Data>): Data {
  if (data === undefined || !response.ok) throw problemOf(response, error);
  return data;
}

const keyOf = ({ idempotencyKey }: Once) => ({ 'Idempotency-Key': idempotencyKey ?? crypto.randomUUID() });

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
