import { type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { linesAfter } from './ledger.repository.js';
import { type LedgerLine } from './vault.erasure.js';

const PAGE = 500;

/** Keeps the promise of `Vault.ledger`. */
export async function* readLedger({ database }: KeyStore, tenantId: TenantId): AsyncIterable<LedgerLine> {
  let after: InstructionId | null = null;
  for (;;) {
    const from: InstructionId | null = after;
    const lines: LedgerLine[] = await database.forTenant(tenantId, 'SHARED', (tx) =>
      linesAfter(tx, from, PAGE),
    );
    yield* lines;
    if (lines.length < PAGE) return;
    after = lines.at(-1)?.instructionId ?? null;
  }
}
