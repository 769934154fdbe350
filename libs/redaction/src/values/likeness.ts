/** Where in a text something like a pattern ends, and in how many characters it differs. */
export type Likeness = { readonly from: number; readonly to: number; readonly errors: number };

type Cell = { readonly errors: number; readonly from: number };

/**
 * The place of `text` that is most like `pattern`, when no more than `most` characters are changed, missing or too
 * many there; undefined otherwise. Sellers, "The theory and computation of evolutionary distances", 1980.
 */
export function likest(text: string, pattern: string, most: number): Likeness | undefined {
  let best: Likeness | undefined;
  let column: Cell[] = Array.from({ length: pattern.length + 1 }, (_, row) => ({ errors: row, from: 0 }));
  for (let at = 0; at < text.length; at += 1) {
    column = nextColumn(column, pattern, text.charAt(at), at);
    const last = column[pattern.length];
    if (last !== undefined && last.errors <= most && last.errors < (best?.errors ?? Infinity)) {
      best = { from: last.from, to: at + 1, errors: last.errors };
    }
  }
  return best;
}

function nextColumn(before: readonly Cell[], pattern: string, character: string, at: number): Cell[] {
  const column: Cell[] = [{ errors: 0, from: at + 1 }];
  for (let row = 1; row <= pattern.length; row += 1) {
    const [diagonal, left, above] = [before[row - 1], before[row], column[row - 1]] as [Cell, Cell, Cell];
    const changed = pattern.charAt(row - 1) === character ? 0 : 1;
    const candidates: Cell[] = [
      { errors: diagonal.errors + changed, from: row === 1 ? at : diagonal.from },
      { errors: left.errors + 1, from: left.from },
      { errors: above.errors + 1, from: above.from },
    ];
    column.push(candidates.reduce((least, cell) => (cell.errors < least.errors ? cell : least)));
  }
  return column;
}
