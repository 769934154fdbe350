import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, type InstructionId, type TenantId } from '@personr/kernel';
import { Vault } from '@personr/vault';
import { type Writing } from './instruction.js';
import { type SealedWriting } from './instruction.repository.js';

/** The label of the key that outlives the subject: the request's record is kept for 24 months (Reg. 7101(a)). */
export const REQUEST_RECORD = 'REQUEST_RECORD';

const DOMAIN = 'personr.writing/v1\n';

/** Keeps the written order, sealed, and commits to it for the log. */
@Injectable()
export class SealWriting {
  constructor(private readonly vault: Vault) {}

  /**
   * Seals the order under a key of the instruction's own, outside the subject's, and returns it with the base64
   * of SHA-256(domain + 32-byte salt + canonical JSON). The salt is sealed with the text: while the key lives the
   * order can be shown to be the one in the log, and a guess of it cannot be confirmed from the log.
   */
  async run(tenantId: TenantId, instructionId: InstructionId, writing: Writing): Promise<SealedWriting> {
    const salt = randomBytes(32);
    const text = canonicalJson(writing);
    const commitment = createHash('sha256').update(DOMAIN).update(salt).update(text).digest('base64');
    const { keyId, sealed } = await this.vault.sealFor(tenantId, {
      owner: instructionId,
      tree: 'REQUESTS',
      label: REQUEST_RECORD,
      binding: ['writing', instructionId],
      plaintext: new TextEncoder().encode(canonicalJson({ salt: salt.toString('base64'), writing })),
    });
    return { keyId, sealed: Uint8Array.from(sealed), commitment };
  }
}
