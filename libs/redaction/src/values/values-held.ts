import { type Json } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { numbersInBarcode } from './aamva.js';
import { type ForbiddenValue, forbiddenKindOf } from './forbidden-value.js';
import { zoneOf } from './zone.js';

const CERTIFICATES: ReadonlySet<ElementCode> = new Set<ElementCode>([
  'VACCINATION_CERTIFICATE',
  'TEST_CERTIFICATE',
  'RECOVERY_CERTIFICATE',
]);
/** The number of a certificate (EU 2021/953, annex), and the code that all of it is in (HCERT, base45: RFC 9285). */
const CERTIFICATE_NUMBER = /URN:UVCI:[A-Z0-9:/#-]+|HC1:[0-9A-Z $%*+\-./:]{20,}/gi;

/** ICAO 9303: how long the lines of a zone are, where they are written as one. */
const ZONE_LINES = [44, 36, 30] as const;

/** So much of a template is enough to know it by; base64 of whole triples is the beginning of base64 of all. */
const TEMPLATE_BYTES = 3072;
const FEW_MEASUREMENTS = 6;

/** Whether a value or document of the element may be, or have in it, what Reg. 7024(d) forbids to give. */
export const mayHoldForbidden = (element: ElementCode): boolean =>
  forbiddenKindOf(element) !== undefined || CERTIFICATES.has(element);

/**
 * Every forbidden value that a held value of the element is or has in it: the number that a zone or a barcode names and
 * the number of a certificate as well as the whole, measurements of a face as base64 of floats.
 */
export function forbiddenValuesOf(element: ElementCode, value: Json): ForbiddenValue[] {
  if (element === 'FACE_TEMPLATE') return templatesIn(value);
  const texts = textsIn(value);
  const kind = forbiddenKindOf(element);
  if (kind === undefined) return CERTIFICATES.has(element) ? texts.flatMap(certificateNumbers) : [];
  return [
    ...texts.map((text) => ({ kind, value: text })),
    ...(element === 'MRZ' ? texts.flatMap(numberOfZone) : []),
    ...(element === 'BARCODE_CONTENTS' ? texts.flatMap(numbersInBarcode) : []),
  ];
}

/** The same of a document of the element, of which these are the first bytes. What is only to be seen is not found. */
export function forbiddenValuesIn(element: ElementCode, content: Buffer): ForbiddenValue[] {
  if (CERTIFICATES.has(element)) return certificateNumbers(content.toString('utf8'));
  if (element !== 'FACE_TEMPLATE') return [];
  const document = parsed(content);
  return document === undefined ? [template(content)] : templatesIn(document);
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (value === null || typeof value === 'boolean') return [];
  return membersOf(value).flatMap(textsIn);
}

const membersOf = (value: Exclude<Json, string | number | boolean | null>): Json[] =>
  Object.values(value).filter((member) => member !== undefined);

const certificateNumbers = (text: string): ForbiddenValue[] =>
  (text.match(CERTIFICATE_NUMBER) ?? []).map((value) => ({ kind: 'HEALTH_NUMBER', value: value.trim() }));

function numberOfZone(text: string): ForbiddenValue[] {
  const bare = text.replace(/\s/g, '');
  const cut = ZONE_LINES.filter((length) => bare.length % length === 0).map(
    (length) => bare.match(new RegExp(`.{${String(length)}}`, 'g')) ?? [],
  );
  const zones = [text.split(/\s+/), ...cut].flatMap((lines) => zoneOf(lines) ?? []);
  const numbers = new Set(zones.map(({ documentNumber }) => documentNumber.replace(/<+$/, '')));
  return [...numbers].map((value) => ({ kind: 'ID_NUMBER', value }));
}

const template = (bytes: Buffer): ForbiddenValue => ({
  kind: 'BIOMETRIC',
  value: bytes.subarray(0, TEMPLATE_BYTES).toString('base64'),
});

/** Templates in a value: texts are taken to be base64, rows of numbers are measurements. */
function templatesIn(value: Json): ForbiddenValue[] {
  if (typeof value === 'string') return [{ kind: 'BIOMETRIC', value }];
  if (value === null || typeof value !== 'object') return [];
  const members = membersOf(value);
  const numbers = members.filter((member) => typeof member === 'number');
  if (numbers.length < FEW_MEASUREMENTS || numbers.length < members.length)
    return members.flatMap(templatesIn);
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) bytes.writeFloatLE(number, at * 4);
  return [template(bytes)];
}

function parsed(content: Buffer): Json | undefined {
  try {
    return JSON.parse(content.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}
