import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { beyondTheValidator } from './beyond-the-validator.js';
import { isClearlyValid } from './clearly-valid.js';
import { refuseValidation } from './validation-refused.js';
import { RULES } from './validation.pipe.js';

/**
 * Reads an object that was parsed by the rules of a body: what is clearly valid is what it was, anything else is made
 * a `Shape` of and judged member by member. Throws `ValidationRefused`.
 */
export function validated<Shape extends object>(shape: new () => Shape, value: object): Shape {
  if (isClearlyValid(shape, value)) return value as Shape;
  const instance = plainToInstance(shape, value);
  const findings = [...validateSync(instance, RULES), ...beyondTheValidator(instance)];
  if (findings.length > 0) throw refuseValidation(findings);
  return instance;
}
