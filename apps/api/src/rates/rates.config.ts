import { type Environment } from '@personr/kernel';

/** How much may be asked for in one window. */
export type RatesConfig = {
  readonly windowSeconds: number;
  /** Of one API client. */
  readonly credentialRequests: number;
  /** Of all API clients of one tenant together. */
  readonly tenantRequests: number;
  /** Tokens, asked for in the name of one client. */
  readonly tokenClientRequests: number;
  /** Tokens, asked for from one network address, per process. */
  readonly tokenAddressRequests: number;
};

/** More than demo, tests and bench ask for on two cores; a bigger house raises them by its environment. */
export const DEFAULT_RATES: RatesConfig = {
  windowSeconds: 10,
  credentialRequests: 6_000,
  tenantRequests: 12_000,
  // More than one address may ask for, so that nobody locks a client out from a single address.
  tokenClientRequests: 3_000,
  tokenAddressRequests: 1_000,
};

const VARIABLES: Readonly<Record<keyof RatesConfig, string>> = {
  windowSeconds: 'RATE_WINDOW_SECONDS',
  credentialRequests: 'RATE_CREDENTIAL_REQUESTS',
  tenantRequests: 'RATE_TENANT_REQUESTS',
  tokenClientRequests: 'RATE_TOKEN_CLIENT_REQUESTS',
  tokenAddressRequests: 'RATE_TOKEN_ADDRESS_REQUESTS',
};

const MOST = 999_999_999;

/** Reads the limits from the environment, each with its default. Throws `CONFIG_INVALID`, naming the variable. */
export function readRates(told: Environment): RatesConfig {
  const read = (member: keyof RatesConfig): number =>
    told.count(VARIABLES[member], { otherwise: DEFAULT_RATES[member], most: MOST });
  return {
    windowSeconds: read('windowSeconds'),
    credentialRequests: read('credentialRequests'),
    tenantRequests: read('tenantRequests'),
    tokenClientRequests: read('tokenClientRequests'),
    tokenAddressRequests: read('tokenAddressRequests'),
  };
}
