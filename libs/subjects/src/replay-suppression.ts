import { type TenantTx } from '@personr/tenancy';
import { type KeptMark, type MacWindow } from '@personr/vault';
import { type Suppressed } from './suppression.js';
import { insertIdentities, insertReferences } from './suppression.repository.js';

/** Suppresses again by identity what the key store remembers. For an older data database that was restored. */
export async function replayMarks(tx: TenantTx, marks: readonly KeptMark[]): Promise<void> {
  const windows = new Map<string, KeptMark[]>();
  for (const mark of marks) {
    const window = `${mark.day} ${mark.days}`;
    windows.set(window, [...(windows.get(window) ?? []), mark]);
  }
  for (const [first, ...rest] of windows.values()) {
    if (first === undefined) continue;
    const window: MacWindow = { day: first.day, days: first.days };
    await insertIdentities(tx, window, [first, ...rest]);
  }
}

/** Suppresses again by our references whoever was erased. */
export const replayReferences = (
  tx: TenantTx,
  references: readonly (Suppressed & { readonly reference: string })[],
): Promise<void> => insertReferences(tx, references);
