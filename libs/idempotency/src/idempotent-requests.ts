import { Injectable } from '@nestjs/common';
import { Clock, DomainError, isDomainError, type TenantId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { type Finished, findKept, insertKept, type Kept, takePlaces } from './idempotency.repository.js';
import {
  assertIdempotencyKey,
  type EarlierAnswer,
  type IdempotentRequest,
  nameRequest,
  type RequestIdentity,
} from './idempotent-request.js';

/** An act with what is kept of its answer, and how an earlier answer is given again. */
export type Once<Answer> = {
  readonly act: () => Promise<EarlierAnswer & { readonly answer: Answer }>;
  readonly replay: (earlier: EarlierAnswer) => Promise<Answer> | Answer;
};

/** What is known of one request of a batch: its earlier answer, why it may not act now, or null for neither. */
export type Place = EarlierAnswer | DomainError | null;

const KEPT_HOURS = 24;

/**
 * Lets a creating request take effect once a key (draft-ietf-httpapi-idempotency-key-header). Keys and bodies
 * may name people, so they are kept only as HMACs under a key of the day, which is destroyed.
 */
@Injectable()
export class IdempotentRequests {
  constructor(
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /**
   * Hashes the request for this tenant; null for a request without a key. Throws `IDEMPOTENCY_KEY_MALFORMED`
   * unless the key is 1..255 visible ASCII characters, and `JSON_NOT_CANONICAL`.
   */
  async identify(tenantId: TenantId, identity: RequestIdentity): Promise<IdempotentRequest>;
  async identify(tenantId: TenantId, identity: RequestIdentity | null): Promise<IdempotentRequest | null>;
  async identify(tenantId: TenantId, identity: RequestIdentity | null): Promise<IdempotentRequest | null> {
    const [identified] = await this.identifyAll(tenantId, [identity]);
    if (isDomainError(identified)) throw identified;
    return identified ?? null;
  }

  /** Hashes each request of a batch, as `identify` does, in order; one that it would refuse is answered by the refusal. */
  async identifyAll(
    tenantId: TenantId,
    identities: readonly (RequestIdentity | null)[],
  ): Promise<(IdempotentRequest | DomainError | null)[]> {
    const refusals = identities.map((identity) =>
      identity === null
        ? null
        : refusalOf(() => {
            assertIdempotencyKey(identity.key);
          }),
    );
    const keys = identities.flatMap((identity, position) =>
      identity === null || refusals[position] !== null ? [] : [Buffer.from(identity.key)],
    );
    const macs = (
      keys.length === 0 ? [] : await this.vault.dailyMacs(tenantId, 'idempotency', keys)
    ).values();
    return identities.map((identity, position) => {
      const refusal = refusals[position] ?? null;
      if (identity === null || refusal !== null) return refusal;
      const mac = macs.next().value;
      if (mac === undefined) throw new Error('every key has a mac');
      return orRefusal(() => nameRequest(mac, identity));
    });
  }

  /**
   * Acts in the caller's transaction unless the request took effect before; then `replay` answers instead. A
   * request without a key (null) always acts. Throws what `begin` throws.
   */
  async once<Answer>(
    tx: TenantTx,
    request: IdempotentRequest | null,
    { act, replay }: Once<Answer>,
  ): Promise<Answer> {
    if (request === null) return (await act()).answer;
    const earlier = await this.begin(tx, request);
    if (earlier !== null) return replay(earlier);
    const { answer, ...kept } = await act();
    await this.finish(tx, request, kept);
    return answer;
  }

  /**
   * Takes the request's place in the caller's transaction. Returns the earlier answer when it took effect
   * before, else null; the caller then acts and calls `finish`. Throws `IDEMPOTENCY_CONFLICT` when the key
   * came with another request, `IDEMPOTENCY_IN_PROGRESS` while one with this key is still running.
   */
  async begin(tx: TenantTx, request: IdempotentRequest): Promise<EarlierAnswer | null> {
    const [place = null] = await this.beginAll(tx, [request]);
    if (place instanceof DomainError) throw place;
    return place;
  }

  /** Takes the place of each request of a batch, as `begin` does, in order; of two with one key the second is still running. */
  async beginAll(tx: TenantTx, requests: readonly IdempotentRequest[]): Promise<Place[]> {
    if (requests.length === 0) return [];
    // In this order: what is kept is read when the places are taken.
    const [taken, earlier] = await Promise.all([takePlaces(tx, requests), this.earlierAll(tx, requests)]);
    const seen = new Set<string>();
    return requests.map((request, position) => {
      const isRepeated = seen.has(keyOf(request));
      seen.add(keyOf(request));
      return taken[position] !== true || isRepeated ? stillRunning() : (earlier[position] ?? null);
    });
  }

  /** The earlier answer to each request, without taking its place. */
  async earlierAll(tx: TenantTx, requests: readonly IdempotentRequest[]): Promise<Place[]> {
    if (requests.length === 0) return [];
    const kept = await findKept(tx, requests);
    return requests.map((request, position) => judge(request, kept[position] ?? null));
  }

  /** Keeps the answer in the caller's transaction, for 24 hours at least. */
  finish(tx: TenantTx, request: IdempotentRequest, answer: EarlierAnswer): Promise<void> {
    return this.finishAll(tx, [{ request, answer }]);
  }

  /** Keeps the answers to a batch, as `finish` does. */
  async finishAll(tx: TenantTx, finished: readonly Finished[]): Promise<void> {
    if (finished.length === 0) return;
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + KEPT_HOURS * 3_600_000);
    await insertKept(tx, finished, { createdAt, expiresAt });
  }
}

/** Says which key a request came with, for comparing within a batch. */
export const keyOf = ({ tag }: IdempotentRequest): string => Buffer.from(tag.today).toString('hex');

function judge({ fingerprint }: IdempotentRequest, kept: Kept | null): Place {
  if (kept === null) return null;
  const { resourceIds, status } = kept;
  const same = [fingerprint.today, fingerprint.yesterday].some(
    (mac) => mac !== null && Buffer.from(mac).equals(kept.fingerprint),
  );
  return same ? { resourceIds, status } : conflict();
}

function orRefusal<T>(work: () => T): T | DomainError {
  try {
    return work();
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}

const refusalOf = (work: () => void): DomainError | null => orRefusal(work) ?? null;

/** The refusal of a request whose like is still running. */
export const stillRunning = (): DomainError =>
  new DomainError('IDEMPOTENCY_IN_PROGRESS', 'A request with this Idempotency-Key is still running.');

const conflict = (): DomainError =>
  new DomainError(
    'IDEMPOTENCY_CONFLICT',
    'This Idempotency-Key came before with another request. Use a new key for a new request.',
  );
