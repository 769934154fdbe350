import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { basesOf, type Base, leanerThan, requestOf, type World } from './bad-base.js';
import { BODY_CODES, type Case, type Chance, type Kind, type Maker } from './bad-case.js';
import { Contract, type Document, type Operation } from './bad-document.js';
import { codeOf, faultOf, holdsMarker } from './bad-judge.js';
import { casesOf, KINDS } from './bad-kinds.js';
import { changesOf, REFUSALS, type RowCounter, rowCounter, type Rows, UNDER_WAY } from './bad-rows.js';
import { HANGS, send, type WireAnswer } from './bad-wire.js';
import { type House, type TestTenant } from './house.js';

/** A case that did not end as it must. */
export type Failure = { readonly what: string; readonly fault: string };

/** What became of the good requests that all else starts from. */
export type Good = { readonly operation: Operation; readonly status: number; readonly code: string };

const AT_ONCE = 16;
const CLEARED_WITHIN_MS = 10_000;
const CLEARED_POLL_MS = 50;

/** Sends bad requests to a house that listens, and judges what comes back and what stays behind. */
export class Matrix {
  private constructor(
    readonly contract: Contract,
    private readonly house: House,
    private readonly port: number,
    private readonly rows: RowCounter,
    private readonly tenant: TestTenant,
  ) {}

  /** Reads the contract that the api serves. The house must have no worker: what it does would be counted too. */
  static async over(house: House, tenant: TestTenant): Promise<Matrix> {
    await house.api.listen(0, '127.0.0.1');
    const { port } = (house.api.getHttpServer() as { address(): AddressInfo }).address();
    const document = (await house.http.get('/openapi.json').expect(200)).body as Document;
    const contract = new Contract(document);
    return new Matrix(contract, house, port, await rowCounter(house, tenant), tenant);
  }

  /** Sends the good requests of an operation. */
  async good(operation: Operation): Promise<Good[]> {
    const done: Good[] = [];
    for (const base of await this.basesOf(operation)) done.push(await this.answerTo(base));
    return done;
  }

  private async answerTo(base: Base): Promise<Good> {
    const { operation } = base;
    const answer = await send(this.port, requestOf(base));
    if (answer === null || answer === HANGS) return { operation, status: 0, code: String(answer) };
    return { operation, status: answer.status, code: codeOf(answer) };
  }

  /** Good requests of an operation: as they are made from the contract, or leaner where the api wants less. */
  private async basesOf(operation: Operation): Promise<Base[]> {
    const made = basesOf(this.contract, operation, await this.world());
    const fit = new Map<string, Base>();
    for (const base of made) {
      for (const one of await this.fitting(base)) fit.set(JSON.stringify(one.body ?? null), one);
    }
    return fit.size > 0 ? [...fit.values()] : made;
  }

  private async fitting(base: Base): Promise<Base[]> {
    if (!isShapeless(await this.answerTo(base))) return [base];
    const fit: Base[] = [];
    for (const lean of leanerThan(this.contract, base)) {
      if (!isShapeless(await this.answerTo(lean))) fit.push(lean);
    }
    return fit;
  }

  /** Makes the cases of an operation, kind by kind. */
  async casesOf(operation: Operation, chance: Chance): Promise<ReadonlyMap<Kind, Case[]>> {
    const bases = await this.basesOf(operation);
    const makers = bases.map((base): Maker => ({ contract: this.contract, base, chance }));
    return new Map(KINDS.map((kind) => [kind, makers.flatMap((maker) => casesOf(maker, kind))]));
  }

  /** Sends the cases and returns those that did not end as they must. */
  async run(cases: readonly Case[]): Promise<Failure[]> {
    const refused = cases.filter(({ verdict }) => verdict !== 'EITHER');
    const either = cases.filter(({ verdict }) => verdict === 'EITHER');
    const failures = await this.sendAll(refused);
    if (either.length === 0) return failures;
    failures.push(...(await this.sendAll(either)));
    await this.settle();
    return failures;
  }

  async close(): Promise<void> {
    await this.rows.close();
  }

  /**
   * Makes one more of everything that can be made and is listed, so that good requests are about the newest: an
   * older one may be gone by an earlier request, and the first API client is the one that asks.
   */
  private async world(): Promise<World> {
    const { token, clientId, clientSecret } = this.tenant;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const ids = new Map<string, string>();
    const world = { token, basic: `Basic ${basic}`, idAt: (path: string) => ids.get(path) };
    const at = (method: string, path: string) =>
      this.contract.operations.find((operation) => operation.method === method && operation.path === path);
    for (const list of this.contract.operations) {
      if (list.method !== 'GET' || list.path.includes('{')) continue;
      const create = at('POST', list.path);
      this.house.clock.advance(1);
      const [base] = create === undefined ? [] : basesOf(this.contract, create, world);
      if (base !== undefined) await send(this.port, requestOf(base));
      const id = await this.newestAt(list.path);
      if (id !== undefined) ids.set(list.path, id);
    }
    return world;
  }

  private async newestAt(path: string): Promise<string | undefined> {
    const answer = await this.tenant.get(path);
    const [newest] = (answer.body as { items?: { id?: string }[] } | null)?.items ?? [];
    return newest?.id;
  }

  private async sendAll(cases: readonly Case[]): Promise<Failure[]> {
    const logged = this.house.logLines.length;
    const before = await this.quietRows();
    const failures: Failure[] = [];
    const waiting = [...cases];
    const sender = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        failures.push(...this.judge(one, await send(this.port, one.request)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    failures.push(...(await this.judgeLeft(cases, before)));
    if (this.house.logLines.slice(logged).some(holdsMarker)) {
      failures.push({ what: `${cases.length} cases from ${nameOf(cases[0])}`, fault: 'logs what was sent' });
    }
    return failures;
  }

  private judge(one: Case, answer: WireAnswer | null | typeof HANGS): Failure[] {
    const fault = faultOf(this.contract, one, answer);
    return fault === null ? [] : [{ what: nameOf(one), fault }];
  }

  /** Waits for the end of what goes on behind an answer, as a stream does whose sender is gone: 150 ms without a change. */
  private async settle(): Promise<void> {
    const until = performance.now() + CLEARED_WITHIN_MS;
    let before = await this.quietRows();
    for (let same = 0; same < 3 && performance.now() < until;) {
      await delay(CLEARED_POLL_MS);
      const now = await this.quietRows();
      same = Object.keys(changesOf(before, now)).length === 0 ? same + 1 : 0;
      before = now;
    }
  }

  /** The rows there are once nothing is under way, or after ten seconds. */
  private async quietRows(): Promise<Rows> {
    for (const until = performance.now() + CLEARED_WITHIN_MS; ;) {
      const rows = await this.rows.count();
      if (UNDER_WAY.every((name) => rows[name] === 0) || performance.now() > until) return rows;
      await delay(CLEARED_POLL_MS);
    }
  }

  /** What is left once what a request had begun, such as the place of a long one, is cleared away behind its answer. */
  private async leftSince(since: Rows, cases: readonly Case[]): Promise<Rows> {
    for (const until = performance.now() + CLEARED_WITHIN_MS; ;) {
      const left = changesOf(since, await this.quietRows());
      if (isAllowed(left, cases) || performance.now() > until) return left;
      await delay(CLEARED_POLL_MS);
    }
  }

  /** When something was left behind, sends the cases once more, one by one, to learn by which. */
  private async judgeLeft(cases: readonly Case[], since: Rows): Promise<Failure[]> {
    if (cases.some(({ verdict }) => verdict === 'EITHER')) return [];
    const left = await this.leftSince(since, cases);
    if (isAllowed(left, cases)) return [];
    if (cases.length === 1) return [{ what: nameOf(cases[0]), fault: `leaves ${JSON.stringify(left)}` }];
    const failures: Failure[] = [];
    for (const one of cases) {
      const before = await this.quietRows();
      await send(this.port, one.request);
      failures.push(...(await this.judgeLeft([one], before)));
    }
    const what = `${cases.length} cases from ${nameOf(cases[0])}`;
    return failures.length > 0 ? failures : [{ what, fault: `together leave ${JSON.stringify(left)}` }];
  }
}

/** Refused for its shape, not for what it asks. */
export const isShapeless = ({ status, code }: Good): boolean =>
  status === 0 || status >= 500 || SHAPE_CODES.includes(code);

const SHAPE_CODES: readonly string[] = [
  ...BODY_CODES,
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
  'ID_MALFORMED',
  'ROUTE_NOT_FOUND',
];

/** A refusal leaves an entry, or is counted, and nothing else leaves anything. */
const isAllowed = (left: Rows, cases: readonly Case[]): boolean =>
  Object.entries(left).every(([table, more]) => REFUSALS.includes(table) && more > 0 && more <= cases.length);

const nameOf = (one: Case | undefined): string =>
  one === undefined
    ? 'nothing'
    : `${one.operation.id} | ${one.kind} | ${one.at} | ${one.verdict}: ${one.because}`;
