export {
  type Document,
  type Finding,
  type PackedFile,
  type Redaction,
  WITHHELD,
  type WithheldReason,
} from './redaction.js';
export { Redactor, type RedactorOptions, USUAL_BOUNDS } from './redactor.js';
export { valuesInBytes } from './values/find-values.js';
export { type ForbiddenKind, forbiddenKindOf, type ForbiddenValue } from './values/forbidden-value.js';
export { forbiddenValuesIn, forbiddenValuesOf, mayHoldForbidden } from './values/values-held.js';
