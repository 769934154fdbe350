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
/** The index is renewed so long after the first erasure that waits for it, well within the day that is promised. */
const RENEW_AFTER_MILLISECONDS = 20 * 3_600_000;

const DAY_MILLISECONDS = 24 * 3_600_000;

type Guessable = Omit<SubjectExecution, 'lease'>;

/**
 * By the key of its day a whole request can be guessed for two days from the beginning of that day (`Vault.dailyMacs`).
 * Those of what was asked for before this instant have ended at `at`.
 */
const dayKeysEndedBefore = (at: Date): Date =>
  new Date((Math.floor(at.getTime() / DAY_MILLISECONDS) - 1) * DAY_MILLISECONDS);

/**
 * Brings the fourth instant of erasures: renews the blind index, destroys the keys of windows that have ended, and
 * completes the receipts that waited for both.
 */
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
    return tx.$queryRaw<{ tenant_id: TenantId }[]>`
      select tenant_id::text from (
        select tenant_id, sealed_at as since from instruction
         where index_renewed_at is null and sealed_at <= ${this.renewSince()}
        union all
        select tenant_id, coalesce(suppressed_until, index_renewed_at) from instruction
         where unguessable_at is null and index_renewed_at is not null and finished_at is not null
           and coalesce(suppressed_until, index_renewed_at) <= ${this.clock.now()}
           and sealed_at < ${dayKeysEndedBefore(this.clock.now())}) as waiting
       group by tenant_id order by min(since) limit ${limit}`.then((rows) =>
      rows.map((row) => row.tenant_id),
    );
  }

  /**
   * Does what is due for the tenant, then says of every erasure that has ended, whose index was renewed since it was
   * sealed, of which no identity is kept and of whose day no request can be known again, that no guess can be confirmed
   * any more: a second entry and edition of its receipt. Returns how many. Safe to call again: each is completed once, in one transaction with its entry.
   */
  async run(tenantId: TenantId): Promise<number> {
    await this.renewIndex(tenantId);
    // Windows that end while keys are being destroyed are for the next call.
    const endedBy = this.clock.now();
    await this.vault.sweep(tenantId);
    const keysGoneAt = this.clock.now();
    let completed = 0;
    for (;;) {
      const some = await this.complete(tenantId, { endedBy, keysGoneAt });
      completed += some;
      if (some < AT_ONCE) return completed;
    }
  }

  private renewSince(): Date {
    return new Date(this.clock.now().getTime() - RENEW_AFTER_MILLISECONDS);
  }

  private async renewIndex(tenantId: TenantId): Promise<void> {
    const isDue = await this.tenancy.forTenant(tenantId, async (tx) => {
      const rows = await tx.bulk`
        select from instruction where tenant_id = ${tx.tenantId} and index_renewed_at is null
           and sealed_at <= ${this.renewSince().toISOString()}::timestamptz limit 1`;
      return rows.length > 0;
    });
    if (!isDue) return;
    const sealedBefore = this.clock.now().toISOString();
    const renewedAt = await this.indexGoneAt(tenantId);
    await this.tenancy.forTenant(
      tenantId,
      (tx) =>
        tx.bulk`update instruction set index_renewed_at = ${renewedAt.toISOString()}::timestamptz
           where tenant_id = ${tx.tenantId} and index_renewed_at is null
             and sealed_at < ${sealedBefore}::timestamptz`,
    );
  }

  /** Renews the index; that of a tenant that left went with its root. */
  private async indexGoneAt(tenantId: TenantId): Promise<Date> {
    const [left] = await this.tenancy.forTenant(
      tenantId,
      (tx) => tx.bulk`
        select from instruction where tenant_id = ${tx.tenantId} and id = (
          select leaving_by from tenant where id = ${tx.tenantId}) and sealed_at is not null`,
    );
    return left === undefined ? (await this.vault.renewIndex(tenantId)).renewedAt : this.clock.now();
  }

  private async complete(
    tenantId: TenantId,
    { endedBy, keysGoneAt }: { readonly endedBy: Date; readonly keysGoneAt: Date },
  ): Promise<number> {
    const durability = await this.vault.durability();
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const erasures = await waiting(tx, endedBy);
      const issuedAt = this.clock.now();
      const closings = erasures.map((erasure): Closing & { readonly unguessableAt: Date } => ({
        instruction: erasure.instruction,
        tenantId,
        erasure,
        durability,
        finishedAt: erasure.instruction.finishedAt ?? issuedAt,
        issuedAt,
        unguessableAt: keysGoneAt,
      }));
      const movings = closings.map(({ instruction: { id }, unguessableAt }) => ({
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

/** Erasures that have ended and are beyond guessing but for the word of it, oldest first. Each is taken by one at a time. */
async function waiting(tx: TenantTx, endedBy: Date): Promise<Guessable[]> {
  const rows = await tx.bulk`
    select id from instruction
     where tenant_id = ${tx.tenantId} and unguessable_at is null and index_renewed_at is not null
       and finished_at is not null
       and coalesce(suppressed_until, index_renewed_at) <= ${endedBy.toISOString()}::timestamptz
       and sealed_at < ${dayKeysEndedBefore(endedBy).toISOString()}::timestamptz
     order by id limit ${AT_ONCE} for update skip locked`;
  const ids = rows.map(({ id }) => id as InstructionId);
  const steps = await findSteps(tx, ids);
  return (await findInstructions(tx, ids)).flatMap((instruction) => {
    const { id, subjectId } = instruction;
    return subjectId === null ? [] : [{ instruction, subjectId, steps: steps.get(id) ?? new Map() }];
  });
}
