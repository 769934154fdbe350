import { type Order } from '@personr/client';
import { type Person } from '@personr/specimens';
import { type Business, type Consumer } from './business.js';
import { type Deletion, forward, orderToDelete } from './deletion.js';
import { type Narrator } from './narrator.js';
import { openZip } from './open-zip.js';
import { type OutsideVerifier } from './outside-verifier.js';

/** An answer to a consumer who wants to know what is held, with what its package came to. */
export type Answered = Deletion & {
  /** Documents that it holds, masked where that was needed. */
  readonly documents: number;
  /** Kinds that are named and not shown. */
  readonly named: readonly string[];
  /** How often one of the values that the law forbids to send stands in a byte of it. */
  readonly forbiddenFound: number;
};

type Data = {
  readonly records: readonly { readonly element: string }[];
  readonly documents: readonly { readonly path: string }[];
  readonly withheld: readonly { readonly element: string; readonly title: string }[];
};

/** The written order to give the consumer of that name everything that is held and may be given. */
const orderToKnow = (externalId: string): Order => {
  const { consumerRequest, ...order } = orderToDelete(externalId);
  if (consumerRequest === undefined) throw new Error('a consumer asked for it');
  return {
    ...order,
    type: 'EXPORT',
    consumerRequest: { ...consumerRequest, nature: 'EXPORT' },
    writing: { text: 'Give this customer what is held.' },
    export: { content: 'SPECIFIC_PIECES', audience: 'CONSUMER', lookback: { all: true } },
  };
};

/** Values that Reg. 7024(d) forbids to send to anybody. */
const forbiddenOf = (person: Person): string[] => [
  person.ssn,
  person.driversLicenseNumber,
  person.stateIdNumber,
  person.passport.number,
  ...person.passport.mrz,
  person.bankAccountNumber,
  person.faceTemplate,
];

/** Forwards the order, waits for the package, opens it as the consumer would and searches every byte of it. */
export async function answer(
  business: Business,
  { person }: Consumer,
  tellers: { story: Narrator; verifier: OutsideVerifier },
): Promise<Answered> {
  const { story } = tellers;
  const forwarded = await forward(business, orderToKnow(person.externalId), tellers);
  const zip = await business.desk.take(`/v1/instructions/${forwarded.instruction.id}/package`);
  const files = openZip(zip);
  const data = JSON.parse(files.get('data.json')?.toString() ?? '') as Data;
  const bytes = [...files.keys(), ...files.values()].map((part) => Buffer.from(part));
  const forbiddenFound = forbiddenOf(person).filter((value) =>
    bytes.some((part) => part.includes(value)),
  ).length;
  const named = [...new Set(data.withheld.map(({ title }) => title))];
  story.say(
    `the package, ${(zip.length / 1e6).toFixed(1)} MB: ${files.size} files, ${data.records.length} values, ${data.documents.length} documents`,
  );
  story.list(`named, and not shown: ${named.length} kinds`, named);
  story.say(
    `of ${forbiddenOf(person).length} values that the law forbids to send, found in it: ${forbiddenFound}`,
  );
  return { ...forwarded, documents: data.documents.length, named, forbiddenFound };
}
