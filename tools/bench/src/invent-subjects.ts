import { inventPerson, recordsOf } from '@personr/specimens';

/** How many values a subject of this bench has. */
export const RECORDS = 20;

/** A subject as a tenant would send it. */
export type InventedSubject = {
  readonly externalId: string;
  readonly records: readonly { readonly element: string; readonly value: unknown }[];
};

/** Invents so many subjects of a seed, of twenty values each. */
export function inventSubjects(seed: string, count: number): InventedSubject[] {
  const collectedAt = new Date().toISOString();
  return Array.from({ length: count }, (_, at) => ({
    externalId: `${seed}-${at}`,
    records: recordsOf(inventPerson(seed, at), { collectedAt }).slice(0, RECORDS),
  }));
}
