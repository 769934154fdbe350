import { type Loot } from './loot.js';

/** What a claim came to: what was tried, in words with counts, and every way in which it does not hold. */
export type Verdict = { readonly tried: string; readonly problems: readonly string[] };

/** Something the product says of itself, and how the attacker goes about it. */
export type Claim = {
  readonly name: string;
  readonly says: string;
  readonly judge: (loot: Loot) => Verdict;
};
