import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, DomainError, type KeyId, newId, type TenantId } from '@personr/kernel';
import { openSubject } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { Heartbeat } from './heartbeat.js';
import { type PackageOrder } from './package.js';
import {
  type Attempt,
  type Finished,
  findPackage,
  findSalt,
  finishAttempt,
  insertAttempt,
  keepAttempt,
  keepSalt,
  removeAttempt,
  retirePackage,
  type SealedSalt,
  takeEnded,
} from './package.repository.js';
import { SealedPackages } from './sealed-packages.js';

// As uploads of documents: an attempt says that it lives; one whose time is up is swept.
const ALIVE_MILLISECONDS = 300_000;
const SAY_SO_AFTER_MILLISECONDS = 5_000;
const SALT_BYTES = 32;

/** An attempt under way, with its key and the package's salt. */
export type Build = Attempt & {
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  readonly salt: Uint8Array;
};

/** Says that who builds lives, and how many bytes there are so far. */
export type Beat = (sizeBytes: number) => Promise<void>;

/** Keeps account of attempts to build packages, so that what one leaves in the object store is always found. */
@Injectable()
export class PackageBuilds {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly packages: SealedPackages,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes an attempt down, then makes its key. Its salt is that of the attempt before it, so that what is built again is
   * the same. Throws `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`.
   */
  async begin({ tenantId, instructionId, subjectId }: PackageOrder): Promise<Build> {
    const attempt: Attempt = { id: newId<'package'>(this.clock.now()), instructionId, subjectId };
    const earlier = await this.tenancy.forTenant(tenantId, async (tx) => {
      await openSubject(tx, subjectId);
      const salt = await findSalt(tx, instructionId);
      await insertAttempt(tx, attempt, this.aliveUntil());
      return salt;
    });
    const keyId = await this.packages.keyFor(tenantId, attempt);
    const salt = await this.saltAfter(tenantId, { instructionId, earlier });
    const [sealed = new Uint8Array()] = await this.vault.seal(tenantId, [
      { keyId, binding: bindingOf(attempt), plaintext: salt },
    ]);
    await this.tenancy.forTenant(tenantId, (tx) =>
      keepSalt(tx, { id: attempt.id, keyId, sealed: Uint8Array.from(sealed) }),
    );
    return { ...attempt, tenantId, keyId, salt };
  }

  /**
   * Passes the bytes on, and says every few seconds that the attempt lives, also while a piece is waited for; `beat` says
   * so for whoever ordered it. Throws `LEASE_LOST` when it was swept, and what `beat` throws.
   */
  async *alive(build: Build, bytes: AsyncIterable<Uint8Array>, beat: Beat): AsyncIterable<Uint8Array> {
    let sizeBytes = 0;
    const heart = new Heartbeat(async () => {
      await this.keep(build);
      await beat(sizeBytes);
    }, SAY_SO_AFTER_MILLISECONDS);
    try {
      for await (const piece of bytes) {
        heart.assertBeating();
        sizeBytes += piece.length;
        yield piece;
      }
    } finally {
      await heart.stop();
    }
    heart.assertBeating();
  }

  /**
   * Makes the attempt the package, in the caller's transaction, which holds the subject's row from here on: so only while
   * no erasure is at work and the key lives. It takes the place of an earlier one of its instruction. Throws
   * `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`, `KEY_SHREDDED`, `LEASE_LOST`.
   */
  async finish(
    tx: TenantTx,
    { id, instructionId, subjectId, keyId }: Build,
    finished: Finished,
  ): Promise<void> {
    await openSubject(tx, subjectId);
    if ((await this.vault.gone(tx.tenantId, [keyId])).length > 0)
      throw new DomainError('KEY_SHREDDED', 'The key of the package was destroyed while it was built.');
    await retirePackage(tx, instructionId, finished.readyAt);
    if (!(await finishAttempt(tx, id, finished))) throw swept();
  }

  /** The bytes of the instruction's package, opened as they are taken. Throws `PACKAGE_NOT_FOUND`, and what reading does. */
  async *open(tenantId: TenantId, instructionId: Attempt['instructionId']): AsyncIterable<Uint8Array> {
    const stored = await this.tenancy.forTenant(tenantId, (tx) => findPackage(tx, instructionId));
    if (stored?.keyId == null) throw new DomainError('PACKAGE_NOT_FOUND', 'There is no package any more.');
    const whole = { start: 0, end: stored.sizeBytes - 1 };
    yield* this.packages.read(tenantId, { ...stored, keyId: stored.keyId }, whole);
  }

  /** Removes what the attempt left, unless it became the package. What fails here is left for `SweepPackages`. */
  async abandon({ tenantId, id }: Pick<Build, 'tenantId' | 'id'>): Promise<void> {
    await this.tenancy
      .forTenant(tenantId, async (tx) => {
        const attempt = await takeEnded(tx, { id, now: null });
        if (attempt?.state !== 'BUILDING') return;
        await this.packages.remove(tenantId, attempt);
        await removeAttempt(tx, id);
      })
      .catch(() => undefined);
  }

  /** The salt of an earlier attempt whose key still lives, or a new one. */
  private async saltAfter(
    tenantId: TenantId,
    { instructionId, earlier }: { instructionId: Attempt['instructionId']; earlier: SealedSalt | null },
  ): Promise<Uint8Array> {
    const fresh = Uint8Array.from(randomBytes(SALT_BYTES));
    if (earlier === null || (await this.vault.gone(tenantId, [earlier.keyId])).length > 0) return fresh;
    const binding = bindingOf({ instructionId, id: earlier.id });
    const [salt = fresh] = await this.vault.open(tenantId, [{ ...earlier, binding }]);
    return salt;
  }

  private async keep({ tenantId, id }: Build): Promise<void> {
    const isKept = await this.tenancy.forTenant(tenantId, (tx) => keepAttempt(tx, id, this.aliveUntil()));
    if (!isKept) throw swept();
  }

  /** Until when an attempt lives that says so now. */
  aliveUntil(): Date {
    return new Date(this.clock.now().getTime() + ALIVE_MILLISECONDS);
  }
}

const bindingOf = ({ instructionId, id }: Pick<Attempt, 'instructionId' | 'id'>): string[] => [
  'package-salt',
  instructionId,
  id,
];

const swept = (): DomainError =>
  new DomainError('LEASE_LOST', 'The package stood still for too long and was given up.');
