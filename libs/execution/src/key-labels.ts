import { type ElementCode } from '@personr/law';
import { IDENTITY_ELEMENTS } from '@personr/subjects';

/**
 * The labels of the keys that a scope covers: the elements' own, and those of the identities by which an
 * element makes the subject findable. Undefined, which means every key, for an empty scope.
 */
export function keyLabelsOf(elements: readonly ElementCode[]): readonly string[] | undefined {
  if (elements.length === 0) return undefined;
  const identities = Object.entries(IDENTITY_ELEMENTS).filter(([, element]) => elements.includes(element));
  return [...elements, ...identities.map(([type]) => type)];
}
