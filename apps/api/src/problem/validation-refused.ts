import { type ValidationError } from '@nestjs/common';
import { DomainError } from '@personr/kernel';
import { brokenItems } from './broken-items.js';
import { type MemberProblem } from './problem.js';
import { sentenceOf } from './rule-sentences.js';

/** How many members are named at most: an answer must not grow far beyond what was asked. */
const MOST = 100;

/** A body that does not have the shape the contract wants, member by member, of which 100 are named at most. */
export class ValidationRefused extends DomainError {
  constructor(readonly errors: readonly MemberProblem[]) {
    const unknown = errors.some(({ code }) => code === 'UNKNOWN_MEMBER');
    super(
      unknown ? 'UNKNOWN_MEMBER' : 'VALIDATION_FAILED',
      unknown
        ? 'The request has a member that is not in the contract.'
        : 'The request is not as the contract says.',
    );
  }
}

/** Refuses a body or a query that is no object at all. */
export const refuseShape = (): ValidationRefused =>
  new ValidationRefused([{ pointer: '', code: 'isObject', message: 'The body must be an object.' }]);

/** Refuses a body or a query with a member that is not in the contract. */
export const refuseUnknown = (): ValidationRefused => new ValidationRefused([unknownAt('')]);

const unknownAt = (pointer: string): MemberProblem => ({
  pointer,
  code: 'UNKNOWN_MEMBER',
  message: 'This object has a member that is not in the contract.',
});

/** Turns class-validator's findings into a refusal with JSON pointers (RFC 6901) and no submitted value. */
export function refuseValidation(findings: ValidationError[]): ValidationRefused {
  const errors = new Map<string, MemberProblem>();
  for (const finding of findings) {
    for (const problem of flatten(finding, '')) {
      if (errors.size === MOST) break;
      errors.set(`${problem.code} ${problem.pointer}`, problem);
    }
  }
  return new ValidationRefused([...errors.values()]);
}

const escape = (member: string): string => member.replaceAll('~', '~0').replaceAll('/', '~1');

function* flatten(finding: ValidationError, parent: string): Generator<MemberProblem> {
  const { constraints = {}, children = [] } = finding;
  // The name of an unknown member is a submitted value too: only its parent is named.
  const isUnknown = Object.hasOwn(constraints, 'whitelistValidation');
  const pointer = isUnknown ? parent : `${parent}/${escape(finding.property)}`;
  for (const [rule, message] of Object.entries(constraints)) {
    yield* problemsOf(finding, { rule, message, pointer });
  }
  for (const child of children) yield* flatten(child, pointer);
}

type Broken = { readonly rule: string; readonly message: string; readonly pointer: string };

/** A rule for each item of a list is reported at the items that break it. */
function problemsOf(finding: ValidationError, { rule, message, pointer }: Broken): MemberProblem[] {
  if (rule === 'whitelistValidation') {
    return [unknownAt(pointer)];
  }
  const problem = { code: rule, message: sentenceOf(rule, message) };
  const items = brokenItems(finding, rule).slice(0, MOST);
  if (items.length === 0) return [{ pointer, ...problem }];
  return items.map((at) => ({ pointer: `${pointer}/${at}`, ...problem }));
}
