import { Injectable } from '@nestjs/common';
import { DomainError, type SubjectId } from '@personr/kernel';
import { isAnswerOwed } from '@personr/law';
import { lockSubjects } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import { type NewInstruction } from './instruction.js';
import { type Footing } from './judge-orders.js';
import { type Target } from './resolve-subjects.js';

/** An order that may be taken in, but for the limit. */
type Asking = {
  readonly order: NewInstruction;
  readonly footing: Pick<Footing, 'at' | 'policy'>;
  readonly target: Exclude<Target, { readonly kind: 'ERASED' }>;
};

type Counted<Line> = { readonly line: Line; readonly subjectId: SubjectId };

/** Keeps answers to requests to know within what the law owes (1798.130(b), R-49). */
@Injectable()
export class KnowLimit {
  /**
   * Those of these orders that ask for more than that: `KNOW_LIMIT_REACHED`. Answers that were given or are on their
   * way count, those of the same batch too; refused ones, and those for which nothing was held, do not. The Business may
   * waive the limit for one; that counts as well. The subjects'
   * rows are held until the transaction ends, so that two orders at once are counted.
   */
  async refusals<Line extends Asking>(
    tx: TenantTx,
    lines: readonly Line[],
  ): Promise<ReadonlyMap<Line, DomainError>> {
    const asking = lines.flatMap((line): Counted<Line>[] =>
      counts(line) && line.target.kind === 'HELD' ? [{ line, subjectId: line.target.subjectId }] : [],
    );
    const refusals = new Map<Line, DomainError>();
    if (asking.length === 0) return refusals;
    const subjects = asking.map(({ subjectId }) => subjectId);
    await lockSubjects(tx, subjects);
    const answered = await answersOf(
      tx,
      subjects,
      asking.some(({ line }) => countsAll(line)),
    );
    for (const { line, subjectId } of asking) {
      const earlier = answered.get(subjectId) ?? [];
      const receivedAt = line.order.consumerRequest?.receivedAt ?? line.footing.at;
      if (isWaived(line) || isAnswerOwed(receivedAt, earlier, line.footing.policy)) {
        answered.set(subjectId, [...earlier, receivedAt]);
      } else refusals.set(line, reached());
    }
    return refusals;
  }
}

const isWaived = ({ order }: Asking): boolean => (order.export?.waiver ?? null) !== null;

const countsAll = ({ footing: { policy } }: Asking): boolean => policy.knowLimitScope === 'ALL_KNOW';

/** A consumer's request counts; what the Business wants to know by itself does not. */
const counts = (line: Asking): boolean =>
  line.order.type === 'EXPORT' &&
  line.order.basis === 'CONSUMER_REQUEST' &&
  (countsAll(line) || line.order.export?.content === 'SPECIFIC_PIECES');

/** When the requests were received that were answered, or are going to be, by subject. */
async function answersOf(
  tx: TenantTx,
  subjects: readonly SubjectId[],
  all: boolean,
): Promise<Map<SubjectId, readonly Date[]>> {
  const rows = await tx.bulk`
    select subject_id, coalesce((consumer_request ->> 'receivedAt')::timestamptz, accepted_at) as received_at
      from instruction
     where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[]) and type = 'EXPORT'
       and basis = 'CONSUMER_REQUEST' and (${all}::boolean or export_order ->> 'content' = 'SPECIFIC_PIECES')
       and state not in ('REJECTED', 'DENIED', 'CLOSED_DENIED', 'CANCELLED', 'NO_DATA', 'CLOSED_NO_DATA')
     order by id`;
  const answers = new Map<SubjectId, readonly Date[]>();
  for (const row of rows) {
    const subjectId = row.subject_id as SubjectId;
    answers.set(subjectId, [...(answers.get(subjectId) ?? []), row.received_at as Date]);
  }
  return answers;
}

const reached = (): DomainError =>
  new DomainError(
    'KNOW_LIMIT_REACHED',
    'This consumer has had as many answers within twelve months as the law owes (1798.130(b)). export.waiver has one more given.',
  );
