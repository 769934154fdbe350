import { Injectable } from '@nestjs/common';
import {
  Clock,
  DomainError,
  type InstructionId,
  newId,
  type SubjectId,
  type TenantId,
} from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { type Beat, type Build, PackageBuilds } from './package-builds.js';
import { finishAttempt, insertAttempt, keepKey } from './package.repository.js';
import { ownerOfParts, type PartFacts, type PartsOrder, type PartTotals } from './part.js';
import { listAttempts, retireParts, totalParts } from './part.repository.js';
import { SealedPackages, type SealedPackage } from './sealed-packages.js';

/** An attempt to build a part, under way. */
export type PartBuild = Build & { readonly part: number };

/** A part whose bytes rest, before it is released. */
export type BuiltPart = {
  readonly build: PartBuild;
  readonly sealed: SealedPackage;
  readonly manifestSha256: string;
  readonly facts: PartFacts;
  /** After whom the next part begins; null of the package that lists the parts. */
  readonly lastSubjectId: SubjectId | null;
};

/** Keeps account of attempts to build parts, as `PackageBuilds` does of packages. */
@Injectable()
export class PartBuilds {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly packages: SealedPackages,
    private readonly builds: PackageBuilds,
    private readonly clock: Clock,
  ) {}

  /** Writes an attempt down, then makes its key. */
  async begin({ tenantId, instructionId, salt }: PartsOrder, part: number): Promise<PartBuild> {
    const id = newId<'package'>(this.clock.now());
    const attempt = { id, instructionId, subjectId: ownerOfParts(instructionId), part };
    await this.tenancy.forTenant(tenantId, (tx) => insertAttempt(tx, attempt, this.builds.aliveUntil()));
    const keyId = await this.packages.keyFor(tenantId, attempt);
    await this.tenancy.forTenant(tenantId, (tx) => keepKey(tx, id, keyId));
    return { ...attempt, tenantId, keyId, salt };
  }

  /** As `PackageBuilds.alive`. */
  alive(build: PartBuild, bytes: AsyncIterable<Uint8Array>, beat: Beat): AsyncIterable<Uint8Array> {
    return this.builds.alive(build, bytes, beat);
  }

  /**
   * Makes the attempt the part, in the caller's transaction, and with it where the next part begins. Throws `KEY_SHREDDED`,
   * and `LEASE_LOST` when the attempt was swept.
   */
  async finish(
    tx: TenantTx,
    { build, sealed, manifestSha256, facts, lastSubjectId }: BuiltPart,
    readyAt: Date,
  ): Promise<void> {
    if ((await this.vault.gone(tx.tenantId, [build.keyId])).length > 0)
      throw new DomainError('KEY_SHREDDED', 'The key of the part was destroyed while it was built.');
    const whole = { ...sealed, manifestSha256, readyAt, expiresAt: null, partFacts: facts, lastSubjectId };
    if (!(await finishAttempt(tx, build.id, whole)))
      throw new DomainError('LEASE_LOST', 'The part stood still for too long and was given up.');
  }

  /** Removes what the attempt left, unless it became a part. */
  abandon(build: Pick<PartBuild, 'tenantId' | 'id'>): Promise<void> {
    return this.builds.abandon(build);
  }

  /**
   * Removes what attempts of the instruction left that came to no end. For whoever alone may build: an attempt that still goes on elsewhere
   * finds that it was swept.
   */
  async clear(tenantId: TenantId, instructionId: InstructionId): Promise<void> {
    const ids = await this.tenancy.forTenant(tenantId, (tx) => listAttempts(tx, instructionId));
    for (const id of ids) await this.builds.abandon({ tenantId, id });
  }

  /** How much the parts hold together that are whole so far, in the caller's transaction. */
  totals(tx: TenantTx, instructionId: InstructionId): Promise<PartTotals> {
    return totalParts(tx, instructionId);
  }

  /** Gives up what was built so far, in the caller's transaction: parts are built from the first on. */
  retire(tx: TenantTx, instructionId: InstructionId): Promise<void> {
    return retireParts(tx, instructionId, this.clock.now());
  }
}
