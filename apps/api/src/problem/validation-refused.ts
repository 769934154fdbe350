import { DomainError } from '@personr/kernel';
import { type ValidationError } from '@nestjs/common';
import { type MemberProblem } from './problem.js';

/** A body that does not have the shape the contract wants, member by member. */
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

/** Turns class-validator's findings into a refusal with JSON pointers (RFC 6901) and no submitted value. */
export const refuseValidation = (findings: ValidationError[]): ValidationRefused =>
  new ValidationRefused(findings.flatMap((finding) => flatten(finding, '')));

const escape = (member: string): string => member.replaceAll('~', '~0').replaceAll('/', '~1');

function flatten(finding: ValidationError, parent: string): MemberProblem[] {
  const isUnknown = Object.hasOwn(finding.constraints ?? {}, 'whitelistValidation');
  // The name of an unknown member is a submitted value too: only its parent is named.
  const pointer = isUnknown ? parent : `${parent}/${escape(finding.property)}`;
  const own = Object.entries(finding.constraints ?? {}).map(([rule, message]) =>
    rule === 'whitelistValidation'
      ? { pointer, code: 'UNKNOWN_MEMBER', message: 'This object has a member that is not in the contract.' }
      : { pointer, code: rule, message },
  );
  return [...own, ...(finding.children ?? []).flatMap((child) => flatten(child, pointer))];
}
