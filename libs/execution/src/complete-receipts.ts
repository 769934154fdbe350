import { Injectable } from '@nestjs/common';
import { findInstructions, moveInstructions } from '@personr/instruction';
import { Clock, type InstructionId, type TenantId } from '@personr/kernel';
import { type RelayTx, Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { type SubjectExecution } from './execution.js';
import { IssueReceipts } from './issue-receipts.js';
import { type Closing } from './receipt-body.js';
import { findSteps } from './step.repository.js';

const AT_ONCE = 200;
/** The index is renewed so long before the first promise is due, for every erasure of the tenant until then. */
const AHEAD_MILLISECONDS = 4 * 3_600_000;

type Complete = { readonly unguessableAt: Date; readonly sealedBefore: Date };

/** Brings the fourth instant of erasures: renews the blind index and completes the receipts that wait for it. */
@Injectable()
export class CompleteReceipts {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly receipts: IssueReceipts,
    private readonly clock: Clock,
  ) {}

  /** Tenants with an erasure whose identities must soon be beyond guessing, the most urgent first. */
  due(tx: RelayTx, limit: number): Promise<TenantId[]> {
    const before = new Date(this.clock.now().getTime() + AHEAD_MILLISECONDS);
    return tx.$queryRaw<{ tenant_id: TenantId }[]>`
      select tenant_id::text from instruction
       where unguessable_at is null and unguessable_due_at <= ${before}
       group by tenant_id order by min(unguessable_due_at) limit ${limit}`.then((rows) =>
      rows.map((row) => row.tenant_id),
    );
  }

  /**
   * Renews the tenant's index, then says of every erasure that was sealed before this began, and has ended, that no
   * guess can be confirmed any more: a second entry and edition of its receipt. Returns how many. Safe to call again:
   * each is completed once, in one transaction with its entry.
   */
  async run(tenantId: TenantId): Promise<number> {
    const sealedBefore = this.clock.now();
    const { renewedAt: unguessableAt } = await this.vault.renewIndex(tenantId);
    let completed = 0;
    for (;;) {
      const some = await this.complete(tenantId, { unguessableAt, sealedBefore });
      completed += some;
      if (some < AT_ONCE) return completed;
    }
  }

  private async complete(tenantId: TenantId, { unguessableAt, sealedBefore }: Complete): Promise<number> {
    const durability = await this.vault.durability();
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const erasures = await waiting(tx, sealedBefore);
      const issuedAt = this.clock.now();
      const closings = erasures.map((erasure): Closing => ({
        instruction: erasure.instruction,
        tenantId,
        erasure,
        durability,
        finishedAt: erasure.instruction.finishedAt ?? issuedAt,
        issuedAt,
        unguessableAt,
      }));
      const movings = closings.map(({ instruction: { id } }) => ({
        id,
        moves: [],
        instants: { unguessableAt },
      }));
      const transitions = await moveInstructions(tx, movings, issuedAt);
      await this.receipts.run(tx, closings, { event: 'receipt.completed', transitions });
      return closings.length;
    });
  }
}

/** Erasures that have ended and wait for their fourth instant, oldest first. Each is taken by one at a time. */
async function waiting(tx: TenantTx, sealedBefore: Date): Promise<Omit<SubjectExecution, 'lease'>[]> {
  const rows = await tx.bulk`
    select id from instruction
     where tenant_id = ${tx.tenantId} and unguessable_at is null and finished_at is not null
       and sealed_at < ${sealedBefore.toISOString()}::timestamptz
     order by id limit ${AT_ONCE} for update skip locked`;
  const ids = rows.map(({ id }) => id as InstructionId);
  const steps = await findSteps(tx, ids);
  return (await findInstructions(tx, ids)).flatMap((instruction) => {
    const { id, subjectId } = instruction;
    return subjectId === null ? [] : [{ instruction, subjectId, steps: steps.get(id) ?? new Map() }];
  });
}
