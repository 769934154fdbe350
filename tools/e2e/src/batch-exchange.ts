import { type House, type TestTenant } from './house.js';
import { addressOf, exchangeAll, LineExchange } from './line-exchange.js';

/** A line of a batch's answer: of an order that was taken or refused, or the summary. */
export type BatchAnswer = {
  readonly line?: number;
  readonly status?: number;
  readonly id?: string;
  readonly state?: string;
  readonly replayed?: boolean;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
  readonly summary?: {
    readonly complete: boolean;
    readonly lines: number;
    readonly accepted: number;
    readonly alreadyErased: number;
    readonly replayed: number;
    readonly refused: number;
    readonly code?: string;
  };
};

/** One batch of orders. */
export class BatchExchange extends LineExchange<BatchAnswer> {
  constructor(baseUrl: string, tenant: Pick<TestTenant, 'token'>, headers: object = {}) {
    super(`${baseUrl}/v1/instructions/batch`, tenant, headers);
  }
}

/** Sends these lines as one batch and returns all that is answered. */
export async function sendBatch(
  house: House,
  tenant: TestTenant,
  lines: readonly (object | string | Buffer)[],
  headers: object = {},
): Promise<BatchAnswer[]> {
  return exchangeAll(new BatchExchange(await addressOf(house), tenant, headers), lines);
}
