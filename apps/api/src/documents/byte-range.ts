/** A part of a document, its last byte included. */
export type Part = { readonly start: number; readonly end: number };

// RFC 9110, section 14.1.2.
const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * What a `Range` asks for: a part, `null` for the whole (no range, several, or one that is malformed: RFC 9110,
 * section 14.2 lets a server send the whole then), `UNSATISFIABLE` when the document ends before it.
 */
export function partOf(range: string | undefined, sizeBytes: number): Part | null | 'UNSATISFIABLE' {
  const found = RANGE.exec(range?.replaceAll(' ', '') ?? '');
  return found === null ? null : within(found[1] ?? '', found[2] ?? '', sizeBytes);
}

function within(first: string, last: string, sizeBytes: number): Part | null | 'UNSATISFIABLE' {
  if (first !== '') return fromFirst(Number(first), last === '' ? sizeBytes - 1 : Number(last), sizeBytes);
  return last === '' ? null : lastBytes(Number(last), sizeBytes);
}

function fromFirst(start: number, end: number, sizeBytes: number): Part | null | 'UNSATISFIABLE' {
  if (start >= sizeBytes) return 'UNSATISFIABLE';
  return end < start ? null : { start, end: Math.min(end, sizeBytes - 1) };
}

const lastBytes = (wanted: number, sizeBytes: number): Part | 'UNSATISFIABLE' =>
  wanted === 0 ? 'UNSATISFIABLE' : { start: Math.max(sizeBytes - wanted, 0), end: sizeBytes - 1 };
