import { Injectable } from '@nestjs/common';
import { Clock, DomainError } from '@personr/kernel';
import {
  type Category,
  narrowedBy,
  type Notice,
  noticeInForce,
  policyOf,
  type PolicyValues,
  PURPOSES,
  type PurposeCode,
  type Role,
  standingOf,
} from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type AgreementId, type TermsInForce } from './terms.js';

/** What the one statement finds. Each part is null where the tenant has none. */
type Row = {
  role: string;
  isLeaving: boolean;
  agreementId: string | null;
  effectiveFrom: Date | null;
  effectiveTo: Date | null;
  windDownDays: number | null;
  purposes: string[] | null;
  version: string | null;
  inForceFrom: Date | null;
  categories: string[] | null;
  noticePurposes: string[] | null;
  edition: number | null;
  values: Partial<PolicyValues> | null;
};

/** Reads what was agreed with a tenant. */
@Injectable()
export class TermsReader {
  constructor(private readonly clock: Clock) {}

  /**
   * The terms in force now, read afresh in one statement. A tenant that has no notice or policy of its own has
   * the house's. Throws `CATEGORY_NOT_IN_NOTICE` before the house's first notice.
   */
  async inForce(tx: TenantTx): Promise<TermsInForce> {
    const at = this.clock.now();
    const [row] = (await tx.bulk`
      select t.role, t.leaving_by is not null as "isLeaving", a.id::text as "agreementId", a.effective_from as "effectiveFrom",
             a.effective_to as "effectiveTo", a.wind_down_days as "windDownDays", a.purposes,
             n.version, n.in_force_from as "inForceFrom", n.categories, n.purposes as "noticePurposes",
             p.edition, p."values"
        from tenant t
        left join lateral (select * from agreement where tenant_id = t.id and effective_from <= ${at.toISOString()}::timestamptz
                            order by effective_from desc limit 1) a on true
        left join lateral (select * from notice_version where tenant_id = t.id and in_force_from <= ${at.toISOString()}::timestamptz
                            order by in_force_from desc limit 1) n on true
        left join lateral (select * from policy_version where tenant_id = t.id
                            order by edition desc limit 1) p on true
       where t.id = ${tx.tenantId}::uuid`) as Row[];
    if (row === undefined)
      throw new DomainError('AGREEMENT_NOT_IN_FORCE', 'There are no terms to work under.');
    return toTerms(row, at);
  }
}

function toTerms(row: Row, at: Date): TermsInForce {
  const role = row.role as Role;
  const policy = policyOf(row.edition ?? 0, row.values ?? {});
  const notice = toNotice(row, at);
  if (role === 'BUSINESS') {
    const purposes = notice.purposes.filter((purpose) => PURPOSES[purpose].role === role);
    return { at, role, agreementId: null, standing: 'OWN_BUSINESS', purposes, notice, policy };
  }
  const { effectiveFrom, effectiveTo, windDownDays } = row;
  const term =
    effectiveFrom === null ? null : { effectiveFrom, effectiveTo, windDownDays: windDownDays ?? 0 };
  return {
    at,
    role,
    agreementId: row.agreementId as AgreementId | null,
    standing: row.isLeaving ? 'LEAVING' : standingOf(term, at, policy.deadlineZone),
    purposes: (row.purposes ?? []) as PurposeCode[],
    notice,
    policy,
  };
}

function toNotice({ version, inForceFrom, categories, noticePurposes }: Row, at: Date): Notice {
  const house = noticeInForce(at);
  if (version === null || inForceFrom === null) return house;
  return narrowedBy(house, {
    version,
    inForceFrom,
    categories: (categories ?? []) as Category[],
    purposes: (noticePurposes ?? []) as PurposeCode[],
  });
}
