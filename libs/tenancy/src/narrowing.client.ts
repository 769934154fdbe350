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
 * Made with `pipeline`, it sends what it is asked at once, also while an earlier statement is not answered: the server
 * works them off in the order of asking, each seeing what was committed before its own turn. Several statements that
 * do not need each other's answers are one round trip. When one fails, those after it in its transaction fail too.
 */
export class NarrowingClient extends pg.Client {
  override query(...args: unknown[]): never {
    const narrowing = isBegin(args[0]) ? toBegin.getStore() : undefined;
    if (narrowing === undefined) return super.query(...(args as [string])) as never;
    narrowing.client ??= this;
    if (narrowing.tenantId === null) return super.query(...(args as [string])) as never;
    return super.query(...([beginAs(narrowing.tenantId), ...args.slice(2)] as [string])) as never;
  }
}

/** The simple query protocol takes no parameters, so the id is checked to be one before it is written in. */
function beginAs(tenantId: TenantId): string {
  if (!isId(tenantId)) throw new Error('a tenant id is a UUID of version 7');
  return `BEGIN; SELECT set_config('app.tenant_id', '${tenantId}', true)`;
}
