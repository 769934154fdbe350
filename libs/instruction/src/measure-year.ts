import { Injectable } from '@nestjs/common';
import { type TenantId } from '@personr/kernel';
import { type InstructionType, startOfDay } from '@personr/law';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';

/** What became of the consumers' requests of one type that were received in a year (Reg. 7102(a)(1)). */
export type TypeMetrics = {
  readonly type: InstructionType;
  readonly received: number;
  readonly compliedWhole: number;
  readonly compliedPart: number;
  readonly denied: number;
  /** Answered: nothing was held. */
  readonly nothingHeld: number;
  readonly cancelled: number;
  /** Not answered yet. */
  readonly open: number;
  /** Calendar days from the day of receipt to the day of the answer, of those that were answered; null of none. */
  readonly medianDays: number | null;
  readonly meanDays: number | null;
};

/** The metrics of a calendar year in a zone. `from` is its first instant, `to` the first of the next. */
export type YearMetrics = {
  readonly year: number;
  readonly zone: string;
  readonly from: Date;
  readonly to: Date;
  readonly types: readonly TypeMetrics[];
};

/** Counts a year's requests. */
@Injectable()
export class MeasureYear {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
  ) {}

  /**
   * The metrics of the consumers' requests that the Business received in the year, by the local date of receipt in the
   * zone of its policy (R-19, R-103); a type without any is left out. An order that rests on the Agreement is no
   * consumer's request, and one that was refused at the door was not taken in: neither is counted.
   */
  run(tenantId: TenantId, year: number): Promise<YearMetrics> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const { deadlineZone: zone } = (await this.terms.inForce(tx)).policy;
      const [from, to] = [year, year + 1].map((one) => startOfDay(`${String(one)}-01-01`, zone)) as [
        Date,
        Date,
      ];
      return { year, zone, from, to, types: await measure(tx, { zone, from, to }) };
    });
  }
}

type Bounds = { readonly zone: string; readonly from: Date; readonly to: Date };

/** Instants of receipt are kept as RFC 3339 in UTC, which sorts as text: an index goes by them. */
async function measure(tx: TenantTx, { zone, from, to }: Bounds): Promise<TypeMetrics[]> {
  const rows = await tx.bulk`
    with asked as (
      select type, state,
             case when finished_at is not null and state <> 'CANCELLED'
                  then (finished_at at time zone ${zone}::text)::date
                     - ((consumer_request ->> 'receivedAt')::timestamptz at time zone ${zone}::text)::date end as days
        from instruction
       where tenant_id = ${tx.tenantId} and consumer_request is not null
         and (consumer_request ->> 'receivedAt') collate "C" >= ${from.toISOString()}
         and (consumer_request ->> 'receivedAt') collate "C" < ${to.toISOString()}
    )
    select type, count(*)::int as received,
           count(*) filter (where state = 'COMPLETED')::int as "compliedWhole",
           count(*) filter (where state = 'COMPLETED_WITH_EXCEPTIONS')::int as "compliedPart",
           count(*) filter (where state in ('CLOSED_DENIED', 'REJECTED'))::int as denied,
           count(*) filter (where state = 'CLOSED_NO_DATA')::int as "nothingHeld",
           count(*) filter (where state = 'CANCELLED')::int as cancelled,
           count(*) filter (where state not in ('COMPLETED', 'COMPLETED_WITH_EXCEPTIONS', 'CLOSED_DENIED', 'REJECTED',
                                                'CLOSED_NO_DATA', 'CANCELLED'))::int as open,
           percentile_cont(0.5) within group (order by days) as "medianDays",
           avg(days)::float8 as "meanDays"
      from asked group by type order by type`;
  return rows as TypeMetrics[];
}
