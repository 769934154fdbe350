import { CATEGORIES, type Category } from '@personr/law';
import { onboard } from '@personr/ops';
import { type Stack } from '@personr/stack';
import { answer, type Answered } from './answer.js';
import { type Business, type Consumer, everythingOf, openBusiness } from './business.js';
import { type Deletion, forward, orderToDelete } from './deletion.js';
import { type Narrator } from './narrator.js';
import { withOneByteChanged } from './one-byte-changed.js';
import { checkOutside, type OutsideCheck } from './outside-check.js';
import { OutsideVerifier } from './outside-verifier.js';
import { type Returned, takeBack } from './returning.js';
import { inventPerson } from '@personr/specimens';

/** What came of the demo. */
export type Played = {
  readonly businesses: readonly [Business, Business];
  readonly deletions: readonly Deletion[];
  readonly answered: Answered;
  readonly returned: Returned;
  readonly untouched: { readonly tenants: boolean; readonly subjects: boolean };
  /** A receipt with one byte changed, and one under the other Business's key, were both refused. */
  readonly forgeriesRefused: boolean;
  /** The erased subject answers 404, and no lookup leads to it. */
  readonly gone: boolean;
  readonly outside: OutsideCheck;
};

const SEED = 'demo';
/** The first is known to both Businesses. */
const AT_THE_BANK = [0, 1, 2, 3];
const AT_THE_MARKET = [0, 4, 5];
/** Wants to know what is held, and has sent what a telephone takes: pictures take seconds each to be looked into. */
const CURIOUS = 3;
const BY_TELEPHONE = /^(passport|licence-back|selfie)\.jpg$|\.(mov|wav|pdf|json|bin)$/;

/** Plays the main job on a running product and tells it. Throws what the api or the verifier throws. */
export async function play(stack: Stack, story: Narrator): Promise<Played> {
  const verifier = await story.act(
    'An outsider takes the verifier: packed, and installed into an empty directory',
    () => OutsideVerifier.install(),
  );
  const [bank, market] = await story.act('Two Businesses come in, with six invented consumers', () =>
    takeEverybodyIn(stack, story),
  );
  const [shared, ...others] = bank.consumers;
  if (shared === undefined) throw new Error('the bank has no consumer');
  await story.act('Each hands in pictures, recordings and papers, made for the purpose', async () => {
    await Promise.all([bank, market].map((business) => handEverythingIn(business, story)));
  });
  await story.act(`What is held of ${shared.person.fullName}, whom both Businesses know`, () =>
    showInventory(bank, shared, story),
  );
  const readEverybody = async () => ({
    subjects: await Promise.all(others.map((consumer) => everythingOf(bank, consumer))),
    tenants: await Promise.all(market.consumers.map((consumer) => everythingOf(market, consumer))),
    documents: {
      subjects: await compareDocuments(bank, others),
      tenants: await compareDocuments(market, market.consumers),
    },
  });
  const before = await story.act('Everybody else is read, value by value, to be compared later', async () => {
    const read = await readEverybody();
    story.say(`${others.length} at ${bank.tenant.name}, ${market.consumers.length} at ${market.tenant.name}`);
    sayDocuments(read.documents, story);
    return read;
  });
  const deletion = await story.act(`${bank.tenant.name} forwards a written order to delete`, () =>
    forward(bank, orderToDelete(shared.person.externalId), { story, verifier }),
  );
  const forgeriesRefused = await story.act('Receipts that are not genuine', () =>
    tryForgeries(deletion, { bank, market, verifier, story }),
  );
  const gone = await story.act('The person is gone at the Business that ordered it', () =>
    isGone(bank, shared, story),
  );
  const untouched = await story.act('Everybody else is as before, byte by byte', async () => {
    const after = await readEverybody();
    const subjects = same(before.subjects, after.subjects) && isIntact(after.documents.subjects);
    const tenants = same(before.tenants, after.tenants) && isIntact(after.documents.tenants);
    sayDocuments(after.documents, story);
    story.say(`the other consumers of ${bank.tenant.name}: ${subjects ? 'untouched' : 'CHANGED'}`);
    story.say(
      `everybody at ${market.tenant.name}, the same person among them: ${tenants ? 'untouched' : 'CHANGED'}`,
    );
    return { subjects, tenants };
  });
  const nothing = await story.act(`${market.tenant.name} orders the deletion of somebody nobody knows`, () =>
    forward(market, orderToDelete('cust-never-seen'), { story, verifier }),
  );
  const curious = others.at(-1) ?? shared;
  const answered = await story.act(
    `${curious.person.fullName} wants to know what is held, and ${bank.tenant.name} has it given`,
    () => answer(bank, curious, { story, verifier }),
  );
  const back = market.consumers.at(-1) ?? shared;
  const returned = await story.act(
    `${market.tenant.name} takes back what is held of ${back.person.fullName}, and acknowledges it`,
    () => takeBack(market, back, { story, verifier }),
  );
  const deletions = [deletion, nothing];
  const outside = await story.act(
    'The outsider checks every receipt and both logs, from the first entry on',
    () =>
      checkOutside(stack, story, {
        businesses: [bank, market],
        deletions: [...deletions, answered, returned],
        verifier,
      }),
  );
  story.say();
  story.table(timesOf(deletions));
  const ends = { deletions, answered, returned };
  return { businesses: [bank, market], ...ends, untouched, forgeriesRefused, gone, outside };
}

async function takeEverybodyIn(stack: Stack, story: Narrator): Promise<[Business, Business]> {
  const tenants = await onboard(stack.env, ['Invented Bank', 'Invented Market']);
  const [bank, market] = await Promise.all(
    [AT_THE_BANK, AT_THE_MARKET].map((numbers, position) => {
      const tenant = tenants[position];
      if (tenant === undefined) throw new Error('a Business was not taken in');
      return openBusiness(
        stack.apiUrl,
        tenant,
        numbers.map((number) => inventPerson(SEED, number)),
      );
    }),
  );
  if (bank === undefined || market === undefined) throw new Error('a Business was not taken in');
  for (const { tenant, consumers } of [bank, market]) {
    story.say(`${tenant.name}: ${consumers.map(({ person }) => person.fullName).join(', ')}`);
    story.say(`  its log  ${tenant.logOrigin}`);
    story.say(`  its key  ${tenant.vkey}`);
  }
  return [bank, market];
}

async function showInventory(
  { personr, desk }: Business,
  { subjectId }: Consumer,
  story: Narrator,
): Promise<void> {
  const { elements } = await personr.inventory(subjectId);
  for (const letter of Object.keys(CATEGORIES) as Category[]) {
    const held = elements.filter(({ categories }) => categories.includes(letter));
    if (held.length > 0) story.list(`${letter}  ${CATEGORIES[letter].title}`, namesOf(held));
  }
  const derived = elements.filter(({ categories }) => categories.length === 0);
  story.list('-  Results derived from it', namesOf(derived));
  const documents = desk.countOf(subjectId);
  const values = elements.reduce((sum, { count }) => sum + count, 0) - documents;
  story.say(`${values} values and ${documents} documents, each sealed; the inventory shows none`);
}

const namesOf = (elements: readonly { element: string }[]): string[] => [
  ...new Set(elements.map(({ element }) => element)),
];

async function tryForgeries(
  { receipt }: Deletion,
  {
    bank,
    market,
    verifier,
    story,
  }: { bank: Business; market: Business; verifier: OutsideVerifier; story: Narrator },
): Promise<boolean> {
  const changed = await verifier.run(withOneByteChanged(receipt), bank.tenant.vkey);
  story.say(`one byte changed:      ${changed.said}`);
  const misplaced = await verifier.run(receipt, market.tenant.vkey);
  story.say(`another tenant's key:  ${misplaced.said}`);
  return !changed.accepted && !misplaced.accepted;
}

async function handEverythingIn({ tenant, desk, consumers }: Business, story: Narrator): Promise<void> {
  for (const { person, subjectId } of consumers) {
    const startedAt = performance.now();
    const named = person.index === CURIOUS ? BY_TELEPHONE : undefined;
    const { count, sizeBytes, elements } = await desk.handIn(subjectId, person, named);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
    const size = (sizeBytes / 1e6).toFixed(1);
    story.say(
      `${person.fullName} at ${tenant.name}: ${count} files, ${size} MB, of ${elements.length} kinds (${seconds} s)`,
    );
  }
}

/** How many documents there were, and how many came back byte for byte. */
type Compared = { readonly count: number; readonly intact: number };

async function compareDocuments({ desk }: Business, consumers: readonly Consumer[]): Promise<Compared> {
  let [count, intact] = [0, 0];
  for (const { subjectId } of consumers) {
    const compared = await desk.compare(subjectId);
    count += compared.count;
    intact += compared.intact;
  }
  return { count, intact };
}

const isIntact = ({ count, intact }: Compared): boolean => count > 0 && intact === count;

function sayDocuments(
  { subjects, tenants }: { subjects: Compared; tenants: Compared },
  story: Narrator,
): void {
  const [count, intact] = [subjects.count + tenants.count, subjects.intact + tenants.intact];
  story.say(`${intact} of their ${count} documents come back as the files that were handed in`);
}

async function isGone(
  { personr, desk }: Business,
  { person, subjectId }: Consumer,
  story: Narrator,
): Promise<boolean> {
  const { response } = await personr.http.GET('/v1/subjects/{id}', { params: { path: { id: subjectId } } });
  const found = [
    await personr.lookup({ externalId: person.externalId }),
    await personr.lookup({ identity: { type: 'EMAIL', value: person.email } }),
    await personr.lookup({ identity: { type: 'DOCUMENT_NUMBER', value: person.passport.number } }),
  ];
  const leads = found.filter((id) => id !== null).length;
  story.say(`GET /v1/subjects/${subjectId}: ${response.status}`);
  story.say(`lookup by external id, e-mail address and passport number: ${leads === 0 ? 'nobody' : 'FOUND'}`);
  const { count, gone } = await desk.compare(subjectId);
  story.say(`${gone} of ${count} documents: not found`);
  return response.status === 404 && leads === 0 && count > 0 && gone === count;
}

const same = (before: readonly string[], after: readonly string[]): boolean =>
  before.length === after.length && before.every((text, position) => text === after[position]);

function timesOf(deletions: readonly Deletion[]): string[][] {
  const head = ['instruction', 'state', 'accepted', 'sealed', 'erased', 'receipt', 'verified'];
  const rows = deletions.map(({ instruction, acceptedInMs, receiptAt, verified }) => {
    const { id, state, acceptedAt, sealedAt, erasedAt } = instruction;
    const since = (at: string | number | null): string =>
      at === null ? '-' : `+${new Date(at).getTime() - new Date(acceptedAt).getTime()} ms`;
    return [
      id,
      state,
      `${acceptedInMs.toFixed(0)} ms`,
      since(sealedAt),
      since(erasedAt),
      since(receiptAt),
      verified ? 'yes' : 'NO',
    ];
  });
  return [head, ...rows];
}
