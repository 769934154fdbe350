import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { beyondTheValidator } from './beyond-the-validator.js';
import { refuseValidation } from './validation-refused.js';
import { RULES } from './validation.pipe.js';

/** Makes a `Shape` of an object that was parsed, by the rules of a body. Throws `ValidationRefused`. */
export function validated<Shape extends object>(shape: new () => Shape, value: object): Shape {
  const instance = plainToInstance(shape, value);
  const findings = [...validateSync(instance, RULES), ...beyondTheValidator(instance)];
  if (findings.length > 0) throw refuseValidation(findings);
  return instance;
}
