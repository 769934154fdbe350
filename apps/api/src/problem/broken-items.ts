import { type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

/**
 * Which items of a list break a rule that is for each of them: their indexes. Class-validator says only that some
 * item does. Empty when the rule is for the list itself, or when the finding does not say what was validated.
 */
export function brokenItems({ target, property, value }: ValidationError, rule: string): number[] {
  if (target === undefined || !Array.isArray(value)) return [];
  const storage = getMetadataStorage();
  const found = storage
    .getTargetValidationMetadatas(target.constructor, '', true, false)
    .find(({ propertyName, each, name }) => propertyName === property && each && name === rule);
  if (found === undefined) return [];
  const [validator] = storage.getTargetValidatorConstraints(found.constraintCls);
  if (validator === undefined) return [];
  const holds = (item: unknown): unknown =>
    validator.instance.validate(item, {
      value: item,
      object: target,
      property,
      targetName: target.constructor.name,
      constraints: (found.constraints as unknown[] | undefined) ?? [],
    });
  return [...(value as unknown[]).keys()].filter((at) => holds((value as unknown[])[at]) === false);
}
