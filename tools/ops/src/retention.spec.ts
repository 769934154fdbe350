import { POLICY_DEFAULTS } from '@personr/law';
import { retentionOf } from './retention.js';

const refused: unknown = expect.objectContaining({ code: 'RECORD_RETENTION' });

describe('R-96: for how long log-prune keeps entries', () => {
  const policy = { ...POLICY_DEFAULTS, recordMonths: 36, deadlineZone: 'Pacific/Auckland' };

  it('is what the tenant’s policy says, by its time zone', () => {
    expect(retentionOf(policy, null)).toEqual({ months: 36, zone: 'Pacific/Auckland' });
  });

  it('is five years where there is no policy of the tenant’s own, and never less than the law says', () => {
    expect(retentionOf(null, null)).toEqual({ months: 60, zone: POLICY_DEFAULTS.deadlineZone });
    expect(retentionOf(null, 24)).toMatchObject({ months: 24 });
    expect(() => retentionOf(null, 23)).toThrow(refused as Error);
  });

  it('is longer than the policy says when the operator wants it, and never shorter', () => {
    expect(retentionOf(policy, 48)).toMatchObject({ months: 48 });
    expect(() => retentionOf(policy, 35)).toThrow(refused as Error);
  });
});
