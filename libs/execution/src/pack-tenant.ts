import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type Parcel, writeStep } from '@personr/instruction';
import { Clock, type DomainError, isDomainError } from '@personr/kernel';
import {
  type Beat,
  BrokenDocument,
  BuildParts,
  type BuiltPart,
  PartBuilds,
  type PartsOrder,
} from '@personr/packages';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdLease } from '@personr/work';
import { type SteppedExecution } from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.js';
import { noteBroken } from './step.repository.js';
import { Turn } from './turn.js';

const TURN_MILLISECONDS = 10_000;

/** A building under way: what is packed, by whom, and of how many subjects. */
export type Going = {
  readonly order: PartsOrder;
  readonly execution: SteppedExecution;
  readonly total: number;
};

/** The package that lists the parts, before it is released. */
export type BuiltListing = {
  /** Makes it the instruction's package, in the caller's transaction. Throws what `PartBuilds.finish` throws. */
  readonly release: (tx: TenantTx, at: Date) => Promise<Parcel>;
  /** Removes what the attempt left, unless it was released. */
  readonly abandon: () => Promise<void>;
};

/** Packs everything that a tenant has, part after part, each committed with where the next begins. */
@Injectable()
export class PackTenant {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly parts: BuildParts,
    private readonly builds: PartBuilds,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Builds the parts that are left, then the package that lists them, which is not released yet: null when the turn was over
   * before the last part. Throws `LEASE_LOST`, and what building throws.
   */
  async run(going: Going): Promise<BuiltListing | null> {
    const turn = new Turn(this.options.turnMilliseconds ?? TURN_MILLISECONDS);
    await this.begin(going);
    await this.builds.clear(going.order.tenantId, going.order.instructionId);
    for (;;) {
      const built = await this.next(going);
      if (built === null) return this.listing(going);
      await this.release(going, built);
      if (turn.isOver) return null;
    }
  }

  private async next(going: Going): Promise<BuiltPart | null> {
    try {
      return await this.parts.next(going.order, this.beat(going), this.options.partLimits);
    } catch (error) {
      if (isDomainError(error, 'SEAL_BROKEN') || isDomainError(error, 'OBJECT_MISSING'))
        await this.sayBroken(going, error);
      throw error;
    }
  }

  /** Once: what is broken does not mend by itself, and is tried again all the same. Nothing is left out because of it. */
  private async sayBroken({ order, execution }: Going, error: DomainError): Promise<void> {
    const what = error instanceof BrokenDocument ? { documentId: error.documentId } : {};
    await this.tenancy.forTenant(order.tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLease(tx, execution.lease, at);
      if (!(await noteBroken(tx, order.instructionId, { code: error.code, ...what }))) return;
      const event = { event: 'package.blocked', at, actor: SYSTEM, reasonCode: error.code } as const;
      const detail = error instanceof BrokenDocument ? { detail: what } : {};
      await this.audit.append(tx, entryOf(execution, { ...event, ...detail }));
    });
  }

  private async listing(going: Going): Promise<BuiltListing> {
    const built = await this.parts.listing(going.order, this.beat(going));
    return {
      abandon: () => this.builds.abandon(built.build),
      release: async (tx, at) => {
        await this.builds.finish(tx, built, at);
        const totals = await this.builds.totals(tx, going.order.instructionId);
        return { packageId: built.build.id, manifestSha256: built.manifestSha256, ...totals };
      },
    };
  }

  /** Before the first part: after a mismatch what was built is given up, once. */
  private async begin(going: Going): Promise<void> {
    const { order, execution } = going;
    if (execution.steps.get('BUILD_PACKAGE')?.outcome != null) return;
    await this.tenancy.forTenant(order.tenantId, async (tx) => {
      await holdLease(tx, execution.lease, this.clock.now());
      await this.builds.retire(tx, order.instructionId);
      await this.note(tx, going);
    });
  }

  private async release(going: Going, built: BuiltPart): Promise<void> {
    const { order, execution } = going;
    try {
      await this.tenancy.forTenant(order.tenantId, async (tx) => {
        const at = this.clock.now();
        await holdLease(tx, execution.lease, at);
        await this.builds.finish(tx, built, at);
        await this.note(tx, going);
      });
    } catch (error) {
      await this.builds.abandon(built.build);
      throw error;
    }
  }

  /** Says that the work goes on. */
  private beat({ order: { tenantId }, execution: { lease } }: Going): Beat {
    return () => this.tenancy.forTenant(tenantId, (tx) => holdLease(tx, lease, this.clock.now()));
  }

  /** Says how many subjects and bytes the parts hold that are whole. */
  private async note(tx: TenantTx, { order: { instructionId: id }, total }: Going): Promise<void> {
    const { subjects: done, sizeBytes, parts } = await this.builds.totals(tx, id);
    const standing = { outcome: { sizeBytes, parts }, doneAt: null, done, total };
    await writeStep(tx, { id, name: 'BUILD_PACKAGE', at: this.clock.now() }, standing);
  }
}
