import { AsyncLocalStorage } from 'node:async_hooks';
import { isId, type TenantId } from '@personr/kernel';
import pg from 'pg';

/** A transaction to be: for whom (null: for no tenant), and its connection from the moment that it has begun until it has ended. */
export type Narrowing = { readonly tenantId: TenantId | null; client: NarrowingClient | null };

const toBegin = new AsyncLocalStorage<Narrowing>();

/** Has the transaction that `begin` starts narrowed to the tenant, if there is one, by the very statement that begins it. */
export const narrowedTo = <T>(narrowing: Narrowing, begin: () => Promise<T>): Promise<T> =>
  toBegin.run(narrowing, begin);

type Statement = { readonly text: string };

const isBegin = (statement: unknown): statement is Statement =>
  typeof statement === 'object' && statement !== null && (statement as Statement).text === 'BEGIN';

/**
 * A connection that sends `BEGIN` and the tenant's setting in one message: one round trip for each transaction
 * instead of two. The setting ends with the transaction. Outside `narrowedTo` it changes nothing.
 *
 * It sends one statement after the other, also to whoever asks for several at once, as Prisma does in a transaction for
 * the relations of what it reads: `pg` is going to refuse a second statement before the first is answered.
 */
export class NarrowingClient extends pg.Client {
  private unanswered = 0;
  private last: Promise<unknown> = Promise.resolve();

  override query(...args: unknown[]): never {
    // With a callback it is the pool that asks, for a connection that nobody else has.
    if (typeof args.at(-1) === 'function') return this.send(args) as never;
    const answer = this.unanswered === 0 ? this.send(args) : this.last.then(() => this.send(args));
    const answered = (): void => {
      this.unanswered -= 1;
    };
    this.unanswered += 1;
    this.last = answer.then(answered, answered);
    return answer as never;
  }

  private send(args: readonly unknown[]): Promise<unknown> {
    const narrowing = isBegin(args[0]) ? toBegin.getStore() : undefined;
    if (narrowing === undefined) return super.query(...(args as [string]));
    narrowing.client ??= this;
    if (narrowing.tenantId === null) return super.query(...(args as [string]));
    return super.query(...([beginAs(narrowing.tenantId), ...args.slice(2)] as [string]));
  }
}

/** The simple query protocol takes no parameters, so the id is checked to be one before it is written in. */
function beginAs(tenantId: TenantId): string {
  if (!isId(tenantId)) throw new Error('a tenant id is a UUID of version 7');
  return `BEGIN; SELECT set_config('app.tenant_id', '${tenantId}', true)`;
}
