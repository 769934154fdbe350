import { type Redaction, withheld } from '../redaction.js';
import { valuesInBytes, valuesInText } from '../values/find-values.js';
import { type ForbiddenValue } from '../values/forbidden-value.js';

/** What stands where a forbidden value stood. */
export const NOT_SHOWN = '[not shown: 11 CCR 7024(d)]';

/** The number of a certificate (EU 2021/953) and the code that all of it is in, number included. */
const CERTIFICATE = /URN:UVCI:|^01:[A-Z]{2}:|^HC1:/i;

/** Gives a JSON document with every text that holds a forbidden value or a certificate's number replaced. */
export function redactJson(bytes: Buffer, forbidden: readonly ForbiddenValue[]): Redaction {
  let covered = 0;
  const isForbidden = (text: string): boolean =>
    CERTIFICATE.test(text) ||
    valuesInText(text, forbidden).length > 0 ||
    valuesInBytes(Buffer.from(text), forbidden).length > 0;
  const masked = (value: unknown): unknown => {
    if (typeof value === 'string' || typeof value === 'number') {
      if (!isForbidden(String(value))) return value;
      covered += 1;
      return NOT_SHOWN;
    }
    if (Array.isArray(value)) return value.map(masked);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
  };
  const document = parsed(bytes);
  if (document === undefined) return withheld('UNREADABLE');
  const written = Buffer.from(`${JSON.stringify(masked(document.value), null, 2)}\n`);
  if (valuesInBytes(written, forbidden).length > 0) return withheld('VALUE_LEFT');
  return { outcome: 'GIVEN', bytes: written, covered };
}

function parsed(bytes: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown };
  } catch {
    return undefined;
  }
}

/** Gives a plain text as it is when nothing forbidden is in it, and withholds it otherwise. */
export function redactText(bytes: Buffer, forbidden: readonly ForbiddenValue[]): Redaction {
  const text = bytes.toString('latin1');
  if (text.includes('\0')) return withheld('NOT_WHAT_IT_SAYS');
  if (/URN:UVCI:|HC1:/i.test(text) || valuesInBytes(bytes, forbidden).length > 0)
    return withheld('VALUE_LEFT');
  return { outcome: 'GIVEN', bytes, covered: 0 };
}
