import { ApiProperty } from '@nestjs/swagger';
import { type Json } from '@personr/kernel';
import { type Policy, POLICY_DEFAULTS, POLICY_KEYS, policyOf } from '@personr/law';
import { type PolicyVersion } from '@personr/terms';

const valuesOf = (policy: Policy): Record<string, Json> =>
  Object.fromEntries(POLICY_KEYS.map((key) => [key, policy[key] as Json]));

/** The values, for the contract: what each may be is said by the refusal that names it. */
export const POLICY_VALUES = {
  type: 'object' as const,
  additionalProperties: true,
  maxProperties: 50,
  description: 'Values by their names. Looser than the law is refused: POLICY_BELOW_LAW names the value.',
};

/** The values a tenant is judged by. */
export class PolicyView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: "Null while the house's own values hold.",
  })
  id!: string | null;
  @ApiProperty({ description: 'As instructions name it.', example: '2026-11-23.1' }) version!: string;
  @ApiProperty({ type: 'integer', minimum: 0 }) edition!: number;
  @ApiProperty({ ...POLICY_VALUES, example: valuesOf(POLICY_DEFAULTS) }) values!: Record<string, Json>;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) createdAt!: string | null;
}

/** A page of editions. */
export class PolicyPageView {
  @ApiProperty({ type: [PolicyView] }) items!: PolicyView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Shows an edition; the house's own values where there is none. */
export function toPolicyView(policy: PolicyVersion | null): PolicyView {
  if (policy === null) {
    const { version } = POLICY_DEFAULTS;
    return { id: null, version, edition: 0, values: valuesOf(POLICY_DEFAULTS), createdAt: null };
  }
  const { id, edition, createdAt } = policy;
  const whole = policyOf(edition, policy.values);
  return {
    id,
    version: whole.version,
    edition,
    values: valuesOf(whole),
    createdAt: createdAt.toISOString(),
  };
}
