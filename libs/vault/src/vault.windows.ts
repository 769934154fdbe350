import { type Identity } from './vault.js';

/** The span for which a key makes MACs: from a UTC day, as in `2026-11-25`, on, so many days. */
export type MacWindow = { readonly day: string; readonly days: number };

/** What is marked in a window, and for which use. */
export type WindowMarks = {
  readonly use: string;
  readonly window: MacWindow;
  readonly identities: readonly Identity[];
};

/** What is looked for in windows. */
export type WindowSearch = Omit<WindowMarks, 'window'> & { readonly windows: readonly MacWindow[] };
