import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { type ByteRange } from '@personr/stores';
import { findSubject } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type StoredPackage } from './package.js';
import { countDownload, findPackage } from './package.repository.js';
import { LISTING, type PartTotals } from './part.js';
import { totalParts } from './part.repository.js';
import { type PackageEvent } from './packages.events.js';
import { SealedPackages } from './sealed-packages.js';

/** How often a package may be taken from its beginning. Later parts of a download that broke off are not counted. */
const MOST_DOWNLOADS = 20;

/** Which part is wanted, once the package is known; null is all of it. */
export type WantedPart = (stored: Pick<StoredPackage, 'sizeBytes' | 'manifestSha256'>) => ByteRange | null;

/** A package on its way out. */
export type OpenedPackage = Pick<StoredPackage, 'sizeBytes' | 'manifestSha256' | 'expiresAt'> & {
  readonly range: ByteRange;
  readonly bytes: AsyncIterable<Uint8Array>;
};

type Living = StoredPackage & { readonly keyId: string };

/** Opens packages for who may have them, and says so in the log. */
@Injectable()
export class ReadPackage {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly packages: SealedPackages,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the first chunk once the entry that says who takes it is committed; the others open as they are taken. Throws
   * `PACKAGE_EXPIRED` when its time is up or it went with its subject, `DOWNLOAD_LIMIT_REACHED`, `SEAL_BROKEN`,
   * `OBJECT_MISSING`, and what `part` throws. `number`: of what is returned in parts, which one; what lists them when left out.
   */
  async run(
    caller: Caller,
    instructionId: InstructionId,
    part: WantedPart,
    number: number = LISTING,
  ): Promise<OpenedPackage> {
    const { stored, range } = await this.tenancy.forTenant(caller.tenantId, (tx) =>
      this.enter(tx, caller, { instructionId, part, number }),
    );
    const bytes = await begun(this.packages.read(caller.tenantId, stored, range));
    const { sizeBytes, manifestSha256, expiresAt } = stored;
    return { sizeBytes, manifestSha256, expiresAt, range, bytes };
  }

  /** How much the parts hold together that are whole so far. */
  totals(tenantId: TenantId, instructionId: InstructionId): Promise<PartTotals> {
    return this.tenancy.forTenant(tenantId, (tx) => totalParts(tx, instructionId));
  }

  /** The package of the instruction as the view shows it, or null: none was made, or nothing of it is left. */
  find(tenantId: TenantId, instructionId: InstructionId): Promise<StoredPackage | null> {
    return this.tenancy.forTenant(tenantId, (tx) => findPackage(tx, instructionId));
  }

  private async enter(
    tx: TenantTx,
    caller: Caller,
    { instructionId, part, number }: { instructionId: InstructionId; part: WantedPart; number: number },
  ): Promise<{ stored: Living; range: ByteRange }> {
    const stored = await this.living(tx, instructionId, number);
    const chosen = part(stored);
    const range = chosen ?? { start: 0, end: stored.sizeBytes - 1 };
    if (range.start === 0 && !(await countDownload(tx, stored.id, MOST_DOWNLOADS)))
      throw new DomainError(
        'DOWNLOAD_LIMIT_REACHED',
        `A package is taken ${MOST_DOWNLOADS} times at most. Order another.`,
      );
    const event: PackageEvent = {
      event: 'package.downloaded',
      at: this.clock.now(),
      ...by(caller),
      instructionId,
      detail: {
        packageId: stored.id,
        ...(stored.part === null ? {} : { part: stored.part }),
        whole: chosen === null,
        from: range.start,
        to: range.end,
      },
    };
    await this.audit.append(tx, event);
    return { stored, range };
  }

  private async living(tx: TenantTx, instructionId: InstructionId, number: number): Promise<Living> {
    const stored = await findPackage(tx, instructionId, number);
    if (stored === null || (stored.part === null && !(await isHeld(tx, stored)))) throw expired();
    const { keyId } = stored;
    if (keyId === null || (stored.expiresAt !== null && stored.expiresAt <= this.clock.now()))
      throw expired();
    return { ...stored, keyId };
  }
}

/** Whether its subject is held and stays. */
async function isHeld(tx: TenantTx, { subjectId }: StoredPackage): Promise<boolean> {
  const subject = await findSubject(tx, subjectId);
  return subject !== null && !subject.beingErased;
}

const expired = (): DomainError =>
  new DomainError('PACKAGE_EXPIRED', 'The package can no longer be taken. Order another.');

/** Takes the first piece, so that what cannot be opened is refused before anything is sent, and gives it back. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* all(): AsyncIterable<Uint8Array> {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}
