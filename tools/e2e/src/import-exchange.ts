import { type House, type TestTenant } from './house.js';
import { addressOf, exchangeAll, LineExchange } from './line-exchange.js';

export { addressOf } from './line-exchange.js';

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

/** One import. */
export class ImportExchange extends LineExchange<ImportAnswer> {
  constructor(baseUrl: string, tenant: Pick<TestTenant, 'token'>, headers: object = {}) {
    super(`${baseUrl}/v1/subjects/import`, tenant, headers);
  }
}

/** Sends these lines as one import and returns all that is answered. */
export async function importAll(
  house: House,
  tenant: TestTenant,
  lines: readonly (object | string | Buffer)[],
): Promise<ImportAnswer[]> {
  return exchangeAll(new ImportExchange(await addressOf(house), tenant), lines);
}
