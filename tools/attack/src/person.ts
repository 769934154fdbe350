import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, type Json } from '@personr/kernel';
import { ELEMENT_CODES, type ElementCode, ELEMENTS } from '@personr/law';
import { type Marker } from './marker.js';

/** What is to become of a person: erased whole; erased in part, as the order says; erased but for what is held; kept. */
export type Fate = 'ERASED' | 'PARTLY' | 'HELD' | 'KEPT';

export type IdentityType = 'EXTERNAL_ID' | 'EMAIL' | 'PHONE' | 'DOCUMENT_NUMBER';
export type Identity = { readonly type: IdentityType; readonly value: string };

/** A document as it was sent. */
export type SentDocument = {
  readonly element: ElementCode;
  readonly fileName: string;
  readonly bytes: Buffer;
};

/** An invented person whose every value can be known again. */
export type Person = {
  readonly fate: Fate;
  readonly externalId: string;
  readonly identities: readonly Identity[];
  readonly values: ReadonlyMap<ElementCode, Json>;
  readonly documents: readonly SentDocument[];
  readonly idempotencyKey: string;
  /** The written order that is given about the person. */
  readonly writing: string;
};

/** What an order in part takes: values, of which one is a document as well. */
export const PART: readonly ElementCode[] = ['SELFIE', 'FULL_NAME', 'FACE_TEMPLATE', 'BANK_ACCOUNT_NUMBER'];

/** What a hold keeps: a value, one of the identities, and documents. */
export const HELD: readonly ElementCode[] = ['FULL_NAME', 'DOCUMENT_NUMBER', 'SELFIE'];

/** The ground of that hold. */
export const HELD_ON = 'EX_LEGAL';

/** Where values come from and what for. */
export const COLLECTED = {
  source: 'CONSUMER_DIRECT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-20T10:00:00Z',
} as const;

/** The element that an identity rests under. */
export const ELEMENT_OF: Readonly<Record<IdentityType, ElementCode>> = {
  EXTERNAL_ID: 'EXTERNAL_ID',
  EMAIL: 'EMAIL_ADDRESS',
  PHONE: 'PHONE_NUMBER',
  DOCUMENT_NUMBER: 'DOCUMENT_NUMBER',
};

const NOT_IN_NOTICE = ['G', 'J', 'K'];
const IDENTIFYING = new Set<string>(Object.values(ELEMENT_OF));
const LONG = 120;

/** Every element that a value may be sent for. */
const SENT_ELEMENTS = ELEMENT_CODES.filter(
  (code) =>
    !IDENTIFYING.has(code) && ELEMENTS[code].categories.every((letter) => !NOT_IN_NOTICE.includes(letter)),
);

/** Invents a person with a value of every element, each a mark in another shape: text, a list, a member's name, long. */
export function inventPerson(marker: Marker, fate: Fate, files: readonly Buffer[]): Person {
  const externalId = marker.text('customer');
  const identities: Identity[] = [
    { type: 'EMAIL', value: marker.email() },
    { type: 'PHONE', value: marker.phone() },
    { type: 'DOCUMENT_NUMBER', value: marker.text('number') },
  ];
  const values = new Map(
    SENT_ELEMENTS.map((element, place): [ElementCode, Json] => [element, valueOf(marker, element, place)]),
  );
  for (const { type, value } of identities) values.set(ELEMENT_OF[type], value);
  values.set('EXTERNAL_ID', externalId);
  const documents = files.map((file, place): SentDocument => ({
    element: place % 2 === 0 ? 'SELFIE' : 'VIDEO',
    fileName: marker.text('file'),
    bytes: Buffer.concat([
      Buffer.from(marker.text('begins')),
      file,
      Buffer.from(`${marker.name()}${randomBytes(8).toString('hex')}`),
    ]),
  }));
  return {
    fate,
    externalId,
    identities: [{ type: 'EXTERNAL_ID', value: externalId }, ...identities],
    values,
    documents,
    idempotencyKey: marker.text('key'),
    writing: marker.text('erase'),
  };
}

/** The body that takes the person in. */
export const admissionOf = ({ externalId, identities, values }: Person) => ({
  externalId,
  identities: identities.filter(({ type }) => type !== 'EXTERNAL_ID'),
  residency: 'US-CA',
  records: [...values]
    .filter(([element]) => !IDENTIFYING.has(element))
    .map(([element, value]) => ({ element, value, ...COLLECTED })),
});

/** The body of the order about the person; `by` says how the person is named. */
export const orderOf = ({ fate, writing }: Person, by: Readonly<Record<string, Json>>) => ({
  type: 'DELETE',
  subject: by,
  basis: 'END_OF_PURPOSE',
  writing: { text: writing },
  ...(fate === 'PARTLY' ? { scope: { elements: [...PART] } } : {}),
});

/** What a package is called where elements are named: whole, it may hold every one. */
export const PACKAGE = 'package';

/** Whether this element of the person is to be unreadable; of the package, whether any is. */
export function isErased({ fate }: Pick<Person, 'fate'>, element: string): boolean {
  const isIn = (elements: readonly string[]): boolean => elements.includes(element);
  return { ERASED: true, PARTLY: isIn([...PART, PACKAGE]), HELD: !isIn(HELD), KEPT: false }[fate];
}

/** Whether something of the person is erased and something is not. */
export const isSplit = ({ fate }: Pick<Person, 'fate'>): boolean => fate === 'PARTLY' || fate === 'HELD';

/** The identities of the person that nothing may lead from any more. */
export const erasedIdentities = (person: Person): Identity[] =>
  person.identities.filter(({ type }) => isErased(person, ELEMENT_OF[type]));

/** A value's bytes, as they are sealed. */
export const plaintextOf = (value: Json): Buffer => Buffer.from(canonicalJson(value));

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** One spelling for all of an identity, as libs/vault/README.md has it. */
export function normalised({ type, value }: Identity): string {
  if (type === 'EMAIL') return value.trim().toLowerCase().normalize('NFC');
  return type === 'PHONE' ? `+${value.replaceAll(/\D/g, '')}` : value.trim().normalize('NFC');
}

function valueOf(marker: Marker, element: ElementCode, place: number): Json {
  if (element === 'FULL_NAME') return marker.name();
  const text = marker.text(element.toLowerCase());
  const shapes: Json[] = [text, [text, 1.5], { [marker.text('member')]: text }, `${text} `.repeat(LONG)];
  return shapes[place % shapes.length] ?? text;
}
