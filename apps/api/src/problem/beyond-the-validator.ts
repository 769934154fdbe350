import { type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

const NESTED = 'nestedValidation';
const OPTIONAL = 'conditionalValidation';
/** Where `@ApiProperty` keeps what the contract says of a member. */
const CONTRACT = 'swagger/apiModelProperties';

/**
 * Finds what class-validator lets through against the contract: a list in a list whose items must be objects (it looks
 * through, so that `[[{…}]]` would pass for `[{…}]`, and past every limit), and null for a member that may be left
 * out but may not be null (`@IsOptional` lets both pass).
 */
export function beyondTheValidator(target: object): ValidationError[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', true, false);
  const named = (type: string) =>
    new Set(rules.filter((rule) => rule.type === type).map(({ propertyName }) => propertyName));
  const nulls = [...named(OPTIONAL)].filter(
    (property) => memberOf(target, property) === null && !mayBeNull(target, property),
  );
  return [
    ...nulls.map((property) => finding(property, 'isNotNull', 'This may not be null. Leave it out instead.')),
    ...[...named(NESTED)].flatMap((property) => {
      const value = memberOf(target, property);
      return parent(property, Array.isArray(value) ? itemsOf(value as unknown[]) : below(value));
    }),
  ];
}

const memberOf = (target: object, property: string): unknown => (target as Record<string, unknown>)[property];

function mayBeNull(target: object, property: string): boolean {
  const said = Reflect.getMetadata(CONTRACT, target.constructor.prototype as object, property) as
    { readonly nullable?: boolean } | undefined;
  return said?.nullable === true;
}

const finding = (property: string, rule: string, message: string): ValidationError => ({
  property,
  constraints: { [rule]: message },
});

const parent = (property: string, children: ValidationError[]): ValidationError[] =>
  children.length === 0 ? [] : [{ property, children }];

const itemsOf = (items: readonly unknown[]): ValidationError[] =>
  items.flatMap((item, at) =>
    Array.isArray(item)
      ? [finding(String(at), NESTED, 'This must be an object.')]
      : parent(String(at), below(item)),
  );

const below = (value: unknown): ValidationError[] =>
  typeof value === 'object' && value !== null ? beyondTheValidator(value) : [];
