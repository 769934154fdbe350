import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, Clock, DomainError, type Id, type Json, type TenantId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';

/** What makes a creating request the same request: the caller's key, and all that it asks for. */
export type RequestIdentity = { readonly key: string; readonly act: string; readonly body: Json };

/** A request known by keyed hashes alone. The key and the body themselves are kept nowhere. */
export type IdempotentRequest = {
  readonly tag: Mac;
  readonly fingerprint: Mac;
};

/** The answer to an earlier request of the same key: the ids of what it made, and the status it answered. */
export type EarlierAnswer = { readonly resourceIds: readonly Id<string>[]; readonly status: number };

const SHAPE = /^[\x21-\x7e]{1,255}$/;

/** Throws `IDEMPOTENCY_KEY_MALFORMED` unless the key is 1..255 visible ASCII characters. */
export function assertIdempotencyKey(key: string): void {
  if (!SHAPE.test(key)) {
    throw new DomainError(
      'IDEMPOTENCY_KEY_MALFORMED',
      'Idempotency-Key must be 1 to 255 visible ASCII characters.',
    );
  }
}

/** An act with what is kept of its answer, and how an earlier answer is given again. */
export type Once<Answer> = {
  readonly act: () => Promise<EarlierAnswer & { readonly answer: Answer }>;
  readonly replay: (earlier: EarlierAnswer) => Promise<Answer> | Answer;
};

type Kept = EarlierAnswer & { readonly fingerprint: Uint8Array };

type Mac = { readonly today: Uint8Array; readonly yesterday: Uint8Array | null };

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
   * unless the key is 1..255 visible ASCII characters.
   */
  async identify(tenantId: TenantId, identity: RequestIdentity): Promise<IdempotentRequest>;
  async identify(tenantId: TenantId, identity: RequestIdentity | null): Promise<IdempotentRequest | null>;
  async identify(tenantId: TenantId, identity: RequestIdentity | null): Promise<IdempotentRequest | null> {
    if (identity === null) return null;
    const { key, act, body } = identity;
    assertIdempotencyKey(key);
    // Secret, kept nowhere, and gone with the key of the day: both names are derived from it.
    const { today, yesterday } = await this.vault.dailyMac(tenantId, 'idempotency', utf8(key));
    const text = canonicalJson([act, body]);
    const derive = (use: string): Mac => ({
      today: hmac(today, use),
      yesterday: yesterday === null ? null : hmac(yesterday, use),
    });
    return { tag: derive('tag'), fingerprint: derive(`fingerprint\n${text}`) };
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
    // Yesterday's name is locked too, so that two requests on either side of midnight still meet.
    const [today, yesterday] = [
      lockOf(request.tag.today),
      lockOf(request.tag.yesterday ?? request.tag.today),
    ];
    const [{ taken } = { taken: false }] = await tx.$queryRaw<{ taken: boolean }[]>`
      select pg_try_advisory_xact_lock(${today}) and pg_try_advisory_xact_lock(${yesterday}) as taken`;
    if (!taken) {
      throw new DomainError(
        'IDEMPOTENCY_IN_PROGRESS',
        'A request with this Idempotency-Key is still running.',
      );
    }
    return this.earlier(tx, request);
  }

  /** Keeps the answer in the caller's transaction, for 24 hours at least. */
  async finish(tx: TenantTx, request: IdempotentRequest, answer: EarlierAnswer): Promise<void> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + KEPT_HOURS * 3_600_000);
    await tx.$executeRaw`
      insert into idempotency (tenant_id, tag, fingerprint, resource_ids, status, created_at, expires_at)
      values (${tx.tenantId}::uuid, ${request.tag.today}, ${request.fingerprint.today},
        ${[...answer.resourceIds]}::uuid[], ${answer.status}, ${now}, ${expiresAt})`;
  }

  /** The answer to an earlier request of this key, without taking its place; null when there was none. Throws `IDEMPOTENCY_CONFLICT`. */
  private async earlier(
    tx: TenantTx,
    { tag, fingerprint }: IdempotentRequest,
  ): Promise<EarlierAnswer | null> {
    const [row] = await tx.$queryRaw<Kept[]>`
      select fingerprint, resource_ids::text[] as "resourceIds", status from idempotency
       where tenant_id = ${tx.tenantId}::uuid and tag in (${tag.today}, ${tag.yesterday ?? tag.today})`;
    if (row === undefined) return null;
    const same = [fingerprint.today, fingerprint.yesterday].some(
      (mac) => mac !== null && Buffer.from(mac).equals(row.fingerprint),
    );
    if (!same) {
      throw new DomainError(
        'IDEMPOTENCY_CONFLICT',
        'This Idempotency-Key came before with another request. Use a new key for a new request.',
      );
    }
    return { resourceIds: row.resourceIds, status: row.status };
  }
}

const lockOf = (mac: Uint8Array): bigint => Buffer.from(mac).readBigInt64BE(0);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const hmac = (key: Uint8Array, text: string): Uint8Array => createHmac('sha256', key).update(text).digest();
