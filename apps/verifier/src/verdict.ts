/** What came of a command: `verified` is false for a drill whose report is genuine and says that a claim failed. */
export type Verdict = {
  readonly verified: boolean;
  /** The first line for people. */
  readonly headline: string;
  /** True by mathematics; true if Personr says the truth; what this evidence cannot tell. */
  readonly proved: readonly string[];
  readonly attested: readonly string[];
  readonly unknown: readonly string[];
  /** More for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
};
