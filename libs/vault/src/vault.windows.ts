import { type InstructionId } from '@personr/kernel';
import { type Identity } from './vault.js';

/** The span for which a key makes MACs: from a UTC day, as in `2026-11-25`, on, so many days. */
export type MacWindow = { readonly day: string; readonly days: number };

/** The erasure that something is marked for, and when it was accepted. */
export type MarkReason = { readonly instructionId: InstructionId; readonly acceptedAt: Date };

/** Who is marked, and why. */
export type Mark = MarkReason & { readonly identity: Identity };

/** What is marked in a window, and for which use. */
export type WindowMarks = {
  readonly use: string;
  readonly window: MacWindow;
  readonly marks: readonly Mark[];
};

/** What is looked for in windows. */
export type WindowSearch = {
  readonly use: string;
  readonly windows: readonly MacWindow[];
  readonly identities: readonly Identity[];
};

/** HMAC-SHA256, 32 bytes each. `yesterday` is null when no key was made that day or it is gone. */
export type DailyMac = { readonly today: Uint8Array; readonly yesterday: Uint8Array | null };
