import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type ValidatorOptions } from 'class-validator';
import { beyondTheValidator } from './beyond-the-validator.js';
import { isClearlyValid, type Shape } from './clearly-valid.js';
import { refuseShape, refuseUnknown, refuseValidation } from './validation-refused.js';

/** How whatever comes in is judged. */
export const RULES: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: false,
  // For the refusal only, which finds the broken items of a list by them and shows neither.
  validationError: { target: true, value: true },
};

/** Refuses bodies with members that the contract does not have, and quotes no value. */
export class HouseValidation extends ValidationPipe {
  constructor() {
    super({ ...RULES, transform: true, exceptionFactory: refuseValidation });
  }

  /** Throws `VALIDATION_FAILED`, at the pointer of the whole, for a body that is a list, a text, null or nothing. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && this.toValidate(metadata) && !isObject(value)) throw refuseShape();
    // What comes next would drop them without a word.
    if (isObject(value) && TOUCHY.some((name) => Object.hasOwn(value as object, name))) throw refuseUnknown();
    if (this.isClear(value, metadata)) return value;
    return (await super.transform(value, metadata)) as unknown;
  }

  private isClear(value: unknown, metadata: ArgumentMetadata): boolean {
    if (metadata.type !== 'body' || !this.toValidate(metadata)) return false;
    return isClearlyValid(metadata.metatype as Shape, value as object);
  }

  protected override async validate(object: object, options?: ValidatorOptions): Promise<ValidationError[]> {
    return [...(await super.validate(object, options)), ...beyondTheValidator(object)];
  }
}

const TOUCHY = ['__proto__', 'constructor'];

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
