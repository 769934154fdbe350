import { DomainError } from '@personr/kernel';

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

/** Reads the limits from the environment, each with its default. Throws `CONFIG_INVALID`, naming the variable. */
export function readRates(environment: Readonly<Record<string, string | undefined>>): RatesConfig {
  const read = (member: keyof RatesConfig): number => {
    const text = environment[VARIABLES[member]];
    return text === undefined ? DEFAULT_RATES[member] : countOf(VARIABLES[member], text);
  };
  return {
    windowSeconds: read('windowSeconds'),
    credentialRequests: read('credentialRequests'),
    tenantRequests: read('tenantRequests'),
    tokenClientRequests: read('tokenClientRequests'),
    tokenAddressRequests: read('tokenAddressRequests'),
  };
}

function countOf(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new DomainError('CONFIG_INVALID', `${name} must be a whole number from 1.`);
  return Number(text);
}
