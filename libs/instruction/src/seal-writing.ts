import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, type InstructionId, type TenantId } from '@personr/kernel';
import { Vault } from '@personr/vault';
import { type Writing } from './instruction.js';
import { type SealedWriting } from './accepted-instruction.repository.js';

/** The label of the key that outlives the subject: the request's record is kept for 24 months (Reg. 7101(a)). */
export const REQUEST_RECORD = 'REQUEST_RECORD';

const DOMAIN = 'personr.writing/v1\n';

/** Keeps the written order, sealed, and commits to it for the log. */
@Injectable()
export class SealWriting {
  constructor(private readonly vault: Vault) {}

  /**
   * Seals each order under a key of the instruction's own, outside the subject's, and returns it with the base64
   * of SHA-256(domain + 32-byte salt + canonical JSON), in order. The salt is sealed with the text: while the key lives
   * the order can be shown to be the one in the log, and a guess of it cannot be confirmed from the log.
   */
  async run(
    tenantId: TenantId,
    orders: readonly { readonly id: InstructionId; readonly writing: Writing }[],
  ): Promise<SealedWriting[]> {
    const salted = orders.map((order) => ({ ...order, salt: randomBytes(32) }));
    const sealed = await this.vault.sealAllFor(tenantId, {
      tree: 'REQUESTS',
      items: salted.map(({ id, writing, salt }) => ({
        owner: id,
        label: REQUEST_RECORD,
        binding: ['writing', id],
        plaintext: new TextEncoder().encode(canonicalJson({ salt: salt.toString('base64'), writing })),
      })),
    });
    return salted.map(({ writing, salt }, at) => {
      const own = sealed[at];
      if (own === undefined) throw new Error('what was sealed did not come back');
      return {
        keyId: own.keyId,
        sealed: Uint8Array.from(own.sealed),
        commitment: commitmentTo(writing, salt),
      };
    });
  }
}

const commitmentTo = (writing: Writing, salt: Uint8Array): string =>
  createHash('sha256').update(DOMAIN).update(salt).update(canonicalJson(writing)).digest('base64');
