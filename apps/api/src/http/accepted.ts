/**
 * Which of the media types an `Accept` header likes best (RFC 9110, section 12.5.1); of those it likes alike the first, and
 * the first as well when it takes none of them, or says nothing.
 */
export function preferredOf<Type extends string>(
  accept: string | undefined,
  types: readonly [Type, ...Type[]],
): Type {
  const ranges = (accept ?? '*/*').split(',').map(toRange);
  return types.reduce((best, type) => (weightOf(type, ranges) > weightOf(best, ranges) ? type : best));
}

type Range = { readonly type: string; readonly weight: number };

function toRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const number = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, weight: Number.isFinite(number) ? number : 0 };
}

/** The weight of the range that names it most closely. */
function weightOf(type: string, ranges: readonly Range[]): number {
  const spellings = [type, `${type.split('/')[0] ?? ''}/*`, '*/*'];
  for (const spelling of spellings) {
    const range = ranges.find((one) => one.type === spelling);
    if (range !== undefined) return range.weight;
  }
  return 0;
}
