/** A project of the graph. `root` is its folder, `libs/audit`; `tags` are those of its package.json. */
export interface Project {
  readonly name: string;
  readonly root: string;
  readonly tags: readonly string[];
}

/** One import statement. `target` is the project it leads to, if it leads to one. */
export interface Import {
  /** Name of the importing project. */
  readonly project: string;
  /** Path from the root of the checkout. */
  readonly file: string;
  readonly specifier: string;
  readonly target?: string | undefined;
}

/** The house as it stands. */
export interface House {
  readonly projects: readonly Project[];
  /** What Nx believes: who depends on whom. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly imports: readonly Import[];
  /** Every source file of every project, from the root of the checkout. */
  readonly files: readonly string[];
}

/** Returns one sentence for each breach of the house's rules; none when it keeps them all. */
export function violations(house: House): string[];
