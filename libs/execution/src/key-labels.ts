import { type ElementCode } from '@personr/law';
import { type Scope, type Stores } from '@personr/stores';
import { IDENTITY_ELEMENTS } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';

/**
 * The labels of the keys that a scope covers: the elements' own, and those of the identities by which an
 * element makes the subject findable. Undefined, which means every key, for an empty scope.
 */
export function keyLabelsOf(elements: readonly ElementCode[]): readonly string[] | undefined {
  if (elements.length === 0) return undefined;
  const identities = Object.entries(IDENTITY_ELEMENTS).filter(([, element]) => elements.includes(element));
  return [...elements, ...identities.map(([type]) => type)];
}

/** The labels of the keys that only the stores' own rows name: a document has a key of its own. */
export async function ownLabels(stores: Stores, tx: TenantTx, scope: Scope): Promise<string[]> {
  const labels: string[] = [];
  for (const store of stores.all()) labels.push(...((await store.keyLabels?.(tx, scope)) ?? []));
  return labels;
}
