import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog, by } from '@personr/audit';
import { Clock, DomainError, type InstructionId, type KeyId, type TenantId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { assertMayInstruct } from '@personr/terms';
import { Vault } from '@personr/vault';
import { wakeWork } from '@personr/work';
import { heldLabels } from './held-labels.js';
import { type Instruction } from './instruction.js';
import { findInstruction } from './instruction.repository.js';
import { moveInstruction } from './move-instruction.js';
import { type Snapshot, type Transfer } from './transfer.js';
import { type TransferEvent } from './transfer.events.js';
import {
  findTransfer,
  lowerFlag,
  meetAcknowledgement,
  startIntent,
  TRANSFER_ACK_OVERDUE,
  writeStep,
  writeTransfer,
} from './transfer.repository.js';
import { type Orderer } from './write-instructions.js';

/** What a Business says that it received: the SHA-256 of the manifest, in hex, and when. */
export type Acknowledgement = {
  readonly id: InstructionId;
  readonly manifestSha256: string;
  readonly receivedAt: Date;
};

/** What is erased now, or nothing: another package was received than the one that was sent. */
type Taken =
  | { readonly instruction: Instruction; readonly snapshot: Snapshot; readonly held: string[] | null }
  | 'MISMATCH';

type Sent = {
  readonly instruction: Instruction;
  readonly snapshot: Snapshot;
  readonly transfer: Transfer & { readonly sentAt: string };
};

/** Takes in that what was returned has arrived: nothing of it is erased before. */
@Injectable()
export class AcknowledgeTransfer {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * From the commit on exactly what was sent is erased. Before it is answered the key store knows of it, so that no
   * restore of an older database forgets it. The same acknowledgement again changes nothing. Throws
   * `INSTRUCTION_NOT_FOUND`, `INSTRUCTOR_NOT_AUTHORISED` unless the caller may order a RETURN, `ILLEGAL_TRANSITION` for
   * what is no RETURN, was not sent yet, or was acknowledged otherwise, `RECEIPT_IN_FUTURE` and `VALIDATION_FAILED` for an
   * instant after now or before it was sent, and `MANIFEST_MISMATCH`: then the package is built anew.
   */
  async run(orderer: Orderer, acknowledgement: Acknowledgement): Promise<void> {
    const { tenantId } = orderer;
    const taken = await this.tenancy.forTenant(tenantId, (tx) => this.take(tx, orderer, acknowledgement));
    if (taken === 'MISMATCH') {
      throw new DomainError(
        'MANIFEST_MISMATCH',
        'That is not the manifest of the package that was sent. It is built anew; take it again.',
      );
    }
    const { id, subjectId, scopeElements } = taken.instruction;
    const keyIds = await this.keysOf(tenantId, taken);
    await this.vault.intend(tenantId, [{ instructionId: id, subjectId, elements: scopeElements, keyIds }]);
  }

  /** The keys of what is going to be erased, as holds are now: what is intended is never one that is kept. */
  private async keysOf(
    tenantId: TenantId,
    { instruction: { subjectId }, snapshot: { keyIds }, held }: Exclude<Taken, 'MISMATCH'>,
  ): Promise<readonly KeyId[]> {
    if (held === null || subjectId === null) return [];
    if (held.length === 0) return keyIds;
    const kept = new Set(await this.vault.keysOf(tenantId, subjectId, held));
    return keyIds.filter((keyId) => !kept.has(keyId));
  }

  private async take(tx: TenantTx, orderer: Orderer, acknowledgement: Acknowledgement): Promise<Taken> {
    const at = this.clock.now();
    const sent = await lockSent(tx, acknowledgement.id);
    const { clientId } = orderer;
    await assertMayInstruct(tx, { clientId, instructorId: null, type: 'RETURN', at });
    const isEqual = isSame(sent.transfer.manifestSha256, acknowledgement.manifestSha256);
    if (sent.transfer.acknowledgedAt !== null) {
      if (isEqual) return withHeld(tx, sent);
      throw new DomainError(
        'ILLEGAL_TRANSITION',
        'The package was acknowledged already, and not by this manifest.',
      );
    }
    assertInTime(acknowledgement.receivedAt, sent.transfer, at);
    if (!isEqual) {
      await this.buildAnew(tx, orderer, { sent, at });
      return 'MISMATCH';
    }
    await this.erase(tx, orderer, { sent, at, receivedAt: acknowledgement.receivedAt });
    return withHeld(tx, sent);
  }

  private async erase(
    tx: TenantTx,
    orderer: Orderer,
    { sent, at, receivedAt }: { sent: Sent; at: Date; receivedAt: Date },
  ): Promise<void> {
    const { instruction, transfer } = sent;
    const { id } = instruction;
    const acknowledged = {
      ...transfer,
      acknowledgedAt: at.toISOString(),
      receivedAt: receivedAt.toISOString(),
    };
    await moveInstruction(tx, { id, at, moves: [{ event: 'transfer.acknowledged', to: 'ERASING' }] });
    await writeTransfer(tx, { id, at }, acknowledged);
    await startIntent(tx, id, at);
    await meetAcknowledgement(tx, id, at);
    await lowerFlag(tx, id, TRANSFER_ACK_OVERDUE);
    await wakeWork(tx, { kind: 'EXECUTE_INSTRUCTION', referenceId: id, dueAt: at });
    const { packageId, manifestSha256, sizeBytes, records, documents, consents, withheld, sentAt } = transfer;
    const { parts, subjects } = transfer;
    const ofAll = parts === undefined || subjects === undefined ? {} : { parts, subjects };
    await this.audit.append(tx, {
      ...entryOf(orderer, instruction, at),
      event: 'transfer.acknowledged',
      to: 'ERASING',
      detail: {
        ...{ packageId, manifestSha256, sizeBytes, records, documents, consents, withheld, sentAt, ...ofAll },
        receivedAt: acknowledged.receivedAt,
      },
    });
  }

  private async buildAnew(
    tx: TenantTx,
    orderer: Orderer,
    { sent: { instruction, transfer }, at }: { sent: Sent; at: Date },
  ): Promise<void> {
    const { id } = instruction;
    const anew = { outcome: null, doneAt: null, done: 0 };
    await moveInstruction(tx, { id, at, moves: [{ event: 'transfer.mismatch', to: 'PACKAGING' }] });
    await writeStep(tx, { id, name: 'BUILD_PACKAGE', at }, { ...anew, total: transfer.records });
    await writeStep(tx, { id, name: 'TRANSFER', at }, { ...anew, total: 1 });
    await lowerFlag(tx, id, TRANSFER_ACK_OVERDUE);
    await wakeWork(tx, { kind: 'EXECUTE_INSTRUCTION', referenceId: id, dueAt: at });
    await this.audit.append(tx, {
      ...entryOf(orderer, instruction, at),
      event: 'transfer.mismatch',
      reasonCode: 'MANIFEST_MISMATCH',
      to: 'PACKAGING',
      detail: { packageId: transfer.packageId, manifestSha256: transfer.manifestSha256 },
    });
  }
}

/** The RETURN and what was sent of it, locked. */
async function lockSent(tx: TenantTx, id: InstructionId): Promise<Sent> {
  await tx.bulk`select from instruction where tenant_id = ${tx.tenantId} and id = ${id}::uuid for update`;
  const instruction = await findInstruction(tx, id);
  if (instruction === null) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
  const { snapshot, transfer } = await findTransfer(tx, id);
  const sentAt = transfer?.sentAt ?? null;
  if (instruction.type !== 'RETURN' || snapshot === null || transfer === null || sentAt === null)
    throw new DomainError('ILLEGAL_TRANSITION', 'Nothing was sent that could be acknowledged.');
  return { instruction, snapshot, transfer: { ...transfer, sentAt } };
}

async function withHeld(tx: TenantTx, { instruction, snapshot }: Sent): Promise<Taken> {
  const { subjectId } = instruction;
  return { instruction, snapshot, held: subjectId === null ? [] : await heldLabels(tx, subjectId) };
}

/** Whether these are the same hash, found out in the same time wherever they differ. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function assertInTime(receivedAt: Date, { sentAt }: Sent['transfer'], now: Date): void {
  if (receivedAt > now)
    throw new DomainError('RECEIPT_IN_FUTURE', 'A package cannot have been received in the future.');
  if (receivedAt < new Date(sentAt))
    throw new DomainError('VALIDATION_FAILED', 'A package cannot have been received before it was sent.');
}

const entryOf = (
  orderer: Orderer,
  { id: instructionId, subjectRef, policyVersion }: Instruction,
  at: Date,
): Omit<TransferEvent, 'event'> => ({ at, ...by(orderer), instructionId, subjectRef, policyVersion });
