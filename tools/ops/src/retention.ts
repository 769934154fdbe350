import { type Retention } from '@personr/audit';
import { DomainError } from '@personr/kernel';
import { POLICY_DEFAULTS, type PolicyValues } from '@personr/law';

/** Evidence without personal data may stay for longer than the law says, where no policy says for how long. */
const MONTHS = 60;

/**
 * For how long a tenant's entries are kept: as its policy says, or longer where somebody wants so many `months`. Throws
 * `RECORD_RETENTION` for fewer than its policy says.
 */
export function retentionOf(policy: PolicyValues | null, months: number | null): Retention {
  const { recordMonths: least, deadlineZone: zone } = policy ?? POLICY_DEFAULTS;
  if (months !== null && months < least)
    throw new DomainError(
      'RECORD_RETENTION',
      `Entries of this tenant are kept for at least ${least} months.`,
    );
  return { months: months ?? (policy === null ? MONTHS : least), zone };
}
