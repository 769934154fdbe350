import { type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

const NESTED = 'nestedValidation';

/**
 * Finds lists where the contract wants the items of a list to be objects. Class-validator looks through a list in a list and
 * judges its items, so that `[[{…}]]` would pass for `[{…}]`, and past every limit.
 */
export function listsForObjects(target: object): ValidationError[] {
  const nested = getMetadataStorage()
    .getTargetValidationMetadatas(target.constructor, '', true, false)
    .filter(({ type }) => type === NESTED);
  const members = new Set(nested.map(({ propertyName }) => propertyName));
  return [...members].flatMap((property) => {
    const value = (target as Record<string, unknown>)[property];
    const children = Array.isArray(value) ? itemsOf(value as unknown[]) : below(value);
    return children.length === 0 ? [] : [{ property, children }];
  });
}

const itemsOf = (items: readonly unknown[]): ValidationError[] =>
  items.flatMap((item, at): ValidationError[] => {
    const property = String(at);
    if (Array.isArray(item)) return [{ property, constraints: { [NESTED]: 'This must be an object.' } }];
    const children = below(item);
    return children.length === 0 ? [] : [{ property, children }];
  });

const below = (value: unknown): ValidationError[] =>
  typeof value === 'object' && value !== null ? listsForObjects(value) : [];
