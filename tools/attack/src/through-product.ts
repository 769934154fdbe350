import { canonicalJson, type Json } from '@personr/kernel';
import { type Answer, type Door } from './door.js';
import { ELEMENT_OF, HELD_ON, isErased, isSplit, sha256 } from './person.js';
import { type Business } from './scene.js';
import { type Held } from './take-in.js';

/** What the product was asked, and what was wrong with its answers: of those erased that they say something, of others that they do not. */
export type ProductReading = {
  readonly asked: number;
  /** How many requests were answered that the service is closed. */
  readonly closed: number;
  readonly values: number;
  readonly had: readonly string[];
  readonly lost: readonly string[];
};

/** Which marks no answer about an erased person may hold. */
type Marks = { readonly ascii: string; readonly han: string; readonly number: string };

const CLOSED_STATUS = 503;
const PURPOSE = 'IDENTITY_VERIFICATION';

/** What is held is read for the ground of its hold alone, where the hold is known. */
const purposeOf = ({ held: { person }, knowsHolds }: Reading): string =>
  person.fate === 'HELD' && knowsHolds ? HELD_ON : PURPOSE;

/** Asks the product at this address, as each Business, for everybody: by id, by external id and by every identity. */
export async function readThroughProduct(
  businesses: readonly Business[],
  open: (business: Business) => Door,
  { marks, knowsHolds = true }: { marks: Marks; knowsHolds?: boolean },
): Promise<ProductReading> {
  const reading = { asked: 0, closed: 0, values: 0, had: [] as string[], lost: [] as string[] };
  for (const business of businesses) {
    const door = open(business);
    for (const held of business.people) await readOne({ door, held, marks, knowsHolds, reading });
  }
  return reading;
}

type Reading = {
  readonly door: Door;
  readonly held: Held;
  readonly marks: Marks;
  /** Whether it is over data of which the holds are a part: not so data from before they were placed. */
  readonly knowsHolds: boolean;
  readonly reading: { asked: number; closed: number; values: number; had: string[]; lost: string[] };
};

async function readOne(one: Reading): Promise<void> {
  const { door, held, reading } = one;
  const { person, subjectId } = held;
  const ask = async (path: string, body?: object): Promise<Answer> => {
    const answer = await (body === undefined ? door.get(path) : door.post(path, body));
    reading.asked += 1;
    if (answer.status === CLOSED_STATUS && answer.json.code === 'RESTORE_REPLAY_PENDING') reading.closed += 1;
    return answer;
  };
  await lookUp(one, ask);
  const answers = [
    await ask(`/v1/subjects/${subjectId}`),
    await ask(`/v1/subjects/${subjectId}/documents`),
    await ask(`/v1/subjects/${subjectId}/consents`),
  ];
  const read = (elements?: readonly string[], purpose = purposeOf(one)) =>
    ask(`/v1/subjects/${subjectId}/records/read`, {
      purpose,
      ...(elements === undefined ? {} : { elements }),
    });
  const [gone, kept] = [true, false].map((wanted) =>
    [...person.values.keys()].filter((element) => isErased(person, element) === wanted),
  );
  if (person.fate === 'ERASED') nothingIn([...answers, await read()], one);
  else compareValues(await read(isSplit(person) ? kept : undefined), one);
  if (isSplit(person)) nothingIn([await read(gone)], one);
  if (purposeOf(one) === HELD_ON) nothingIn([await read(undefined, PURPOSE), await read(kept, PURPOSE)], one);
  await compareDocuments(one, ask);
}

/** Who is known leads to the person; who was erased, and of whom only what is held is left, to nobody. */
async function lookUp(one: Reading, ask: (path: string, body: object) => Promise<Answer>): Promise<void> {
  for (const { type, value } of one.held.person.identities) {
    const asked = type === 'EXTERNAL_ID' ? { externalId: value } : { identity: { type, value } };
    const answer = await ask('/v1/subjects/lookup', asked);
    judgeLookup(one, answer, isWanted(one, ELEMENT_OF[type]));
  }
}

function judgeLookup(one: Reading, answer: Answer, wanted: boolean | null): void {
  const { held, reading } = one;
  const isFound = answer.json.id === held.subjectId;
  if (wanted === true && !isFound) reading.lost.push('a survivor is not found by who it is');
  if (wanted !== false) return;
  if (isFound) reading.had.push('a lookup leads to somebody erased');
  else nothingIn([answer], one);
}

/**
 * Whether a lookup by this element is to find the person. Null where it may or may not: the index of a Business that left
 * went with its root, and data from before a hold does not know it.
 */
function isWanted({ held: { person }, knowsHolds }: Reading, element: string): boolean | null {
  if (isErased(person, element)) return false;
  if (person.fate !== 'HELD') return true;
  return knowsHolds ? false : null;
}

/** An answer about somebody erased says nothing that was ever sent. */
function nothingIn(answers: readonly Answer[], { marks, reading }: Reading): void {
  for (const { bytes, status } of answers) {
    const says = Object.values(marks).some((mark) => bytes.includes(mark));
    if (says) reading.had.push(`an answer about somebody erased holds a value (${status})`);
  }
}

function compareValues({ json }: Answer, { held: { person }, reading }: Reading): void {
  const records = (json.records ?? []) as { element: string; value: Json }[];
  const read = new Map(records.map(({ element, value }) => [element, canonicalJson(value)]));
  for (const [element, value] of person.values) {
    const isSaid = read.get(element) === canonicalJson(value);
    if (isErased(person, element)) {
      if (read.has(element)) reading.had.push(`${element} of somebody erased in part is read`);
    } else if (isSaid) reading.values += 1;
    else reading.lost.push(`${element} of a survivor is not what was sent`);
  }
}

async function compareDocuments(one: Reading, ask: (path: string) => Promise<Answer>): Promise<void> {
  const { held, reading, door } = one;
  for (const [place, id] of held.documentIds.entries()) {
    const sent = held.person.documents[place];
    if (sent === undefined) continue;
    const path = `/v1/subjects/${held.subjectId}/documents/${id}?purpose=${purposeOf(one)}`;
    const { status, bytes } = await ask(path);
    const isSame = status === 200 && sha256(bytes).equals(sha256(sent.bytes));
    if (isErased(held.person, sent.element)) {
      if (bytes.includes(sent.bytes.subarray(0, 32)) || status === 200)
        reading.had.push(`a document that was erased is read by ${door.tenant.name}`);
    } else if (isSame) reading.values += 1;
    else reading.lost.push(`a document of a survivor is not what was sent (${status})`);
  }
}
