import { policyHeader, stateHeader } from './rate-headers.js';

const credential = { name: 'credential', quota: 100, windowSeconds: 60 };
const tenant = { name: 'tenant', quota: 500, windowSeconds: 60 };

describe('the headers of rates', () => {
  it('are lists of structured-field strings, as the draft writes them', () => {
    expect(policyHeader([credential, tenant])).toBe('"credential";q=100;w=60, "tenant";q=500;w=60');
    expect(
      stateHeader([
        { policy: credential, remaining: 50, resetSeconds: 30, isRefused: false },
        { policy: tenant, remaining: 0, resetSeconds: 1, isRefused: true },
      ]),
    ).toBe('"credential";r=50;t=30, "tenant";r=0;t=1');
  });
});
