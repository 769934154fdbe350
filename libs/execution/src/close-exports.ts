import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Move, moveInstructions } from '@personr/instruction';
import { Clock, type TenantId } from '@personr/kernel';
import { type BuiltPackage, PackageBuilds } from '@personr/packages';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { Vault } from '@personr/vault';
import { completeWork } from '@personr/work';
import { type Execution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { finishExport } from './export-step.repository.js';
import { IssueReceipts } from './issue-receipts.js';
import { type Closing, type Packed } from './receipt-body.js';

const DAY_MILLISECONDS = 86_400_000;

const DELIVERED: readonly Move[] = [
  { event: 'package.sealed', to: 'DELIVERING' },
  { event: 'package.delivered', to: 'RESPONDING' },
  { event: 'response.sent', to: 'RESPONDED' },
  { event: 'instruction.closed', to: 'COMPLETED' },
];

const NOTHING_HELD: readonly Move[] = [
  { event: 'instruction.no_data', to: 'NO_DATA' },
  { event: 'response.sent', to: 'RESPONDED' },
  { event: 'instruction.closed', to: 'CLOSED_NO_DATA' },
];

/** What one end of an export is made of, in its transaction. */
type End = { readonly moves: readonly Move[]; readonly packed?: Packed; readonly at: Date };

/** The end of an export: the package released, the last entry and the receipt, together. */
@Injectable()
export class CloseExports {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly builds: PackageBuilds,
    private readonly vault: Vault,
    private readonly receipts: IssueReceipts,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Releases the package: from the commit on it may be taken, as many days as the policy says. Throws what `PackageBuilds.finish` throws. */
  async delivered(tenantId: TenantId, execution: Execution, built: BuiltPackage): Promise<void> {
    const { build, sealed, manifestSha256, counts } = built;
    const durability = await this.vault.durability();
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await completeWork(tx, execution.lease, at);
      const { policy } = await new TermsReader(this.clock).inForce(tx);
      const expiresAt = new Date(at.getTime() + policy.packageExpiryDays * DAY_MILLISECONDS);
      await this.builds.finish(tx, build, { ...sealed, manifestSha256, readyAt: at, expiresAt });
      const detail = { packageId: build.id, manifestSha256, sizeBytes: sealed.sizeBytes, ...counts };
      const { records, documents, consents } = counts;
      await finishExport(tx, execution.instruction.id, {
        outcome: detail,
        done: records + documents + consents,
        at,
      });
      await this.audit.append(
        tx,
        entryOf(execution, {
          event: 'package.sealed',
          at,
          actor: SYSTEM,
          to: 'DELIVERING',
          detail: { ...detail, ...answerOf(execution) },
        }),
      );
      const packed: Packed = { manifestSha256, sizeBytes: sealed.sizeBytes, ...counts, expiresAt };
      await this.end(tx, { execution, durability }, { moves: DELIVERED, packed, at });
    });
  }

  /** Ends an export of somebody of whom nothing is held any more. */
  async nothingHeld(tenantId: TenantId, execution: Execution): Promise<void> {
    const durability = await this.vault.durability();
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      await completeWork(tx, execution.lease, at);
      await this.end(tx, { execution, durability }, { moves: NOTHING_HELD, at });
    });
  }

  private async end(
    tx: TenantTx,
    { execution: { instruction }, durability }: { execution: Execution } & Pick<Closing, 'durability'>,
    { moves, packed, at }: End,
  ): Promise<void> {
    const closing: Closing = {
      instruction,
      tenantId: tx.tenantId,
      erasure: null,
      durability,
      finishedAt: at,
      ...(packed === undefined ? {} : { packed }),
    };
    const transitions = await moveInstructions(tx, [{ id: instruction.id, moves }], at);
    await this.receipts.run(tx, [closing], { event: 'instruction.closed', transitions });
  }
}

const answerOf = ({ instruction: { exportOrder } }: Execution): Record<string, string> =>
  exportOrder == null ? {} : { content: exportOrder.content, audience: exportOrder.audience };
