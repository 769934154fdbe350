/** A quota that is published: so many units in a window. */
export type QuotaPolicy = {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
};

/** What one key has left of a quota. */
export type QuotaState = {
  readonly policy: QuotaPolicy;
  readonly remaining: number;
  readonly resetSeconds: number;
  readonly isRefused: boolean;
};

/** `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10, section 3): a list of structured-field strings. */
export const policyHeader = (policies: readonly QuotaPolicy[]): string =>
  policies.map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`).join(', ');

/** `RateLimit` (the same draft, section 4): what is left, and in how many seconds it is whole again. */
export const stateHeader = (states: readonly QuotaState[]): string =>
  states
    .map(({ policy, remaining, resetSeconds }) => `"${policy.name}";r=${remaining};t=${resetSeconds}`)
    .join(', ');
