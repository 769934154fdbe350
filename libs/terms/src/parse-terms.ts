import { isDomainError } from '@personr/kernel';
import {
  assertComplete,
  assertWithin,
  CATEGORIES,
  type Category,
  changePolicy,
  INSTRUCTION_TYPES,
  isDay,
  noticeToAdopt,
  POLICY_DEFAULTS,
  PURPOSE_CODES,
} from '@personr/law';
import { type NewTerms } from './adopt-terms.js';
import { type Annex, ANNEX_KINDS, type NewAgreement } from './agreement.js';
import { type NewInstructor } from './instructor.js';
import { Member } from './members.js';
import { type NewNotice } from './notice-version.js';
import { type PolicyChanges } from './policy-version.js';
import { standardTerms } from './standard-terms.js';

// Of one line, without control characters: it is shown on terminals.
const LINE = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const LETTERS = Object.keys(CATEGORIES) as Category[];
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Reads the terms of a file: `{agreement, notice?, policy?, instructors?}`; `README.md` shows one. What is left out
 * of the last three is the standard. `at` is now: an agreement or authority without a beginning begins then. Throws
 * `VALIDATION_FAILED`, `AGREEMENT_TERMS_INCOMPLETE` and `POLICY_BELOW_LAW`, each with the member's name, and
 * `CATEGORY_NOT_IN_NOTICE`, `PURPOSE_NOT_IN_NOTICE` for a notice wider than the house's.
 */
export function parseTerms(file: unknown, at: Date): NewTerms {
  const { agreement, notice, policy, instructors } = new Member(file).object([
    'agreement',
    'notice',
    'policy',
    'instructors',
  ]);
  return {
    agreement: toAgreement(agreement, at),
    notice: notice.isGiven ? toNotice(notice, at) : standardTerms(at).notice,
    policy: policy.isGiven ? toPolicy(policy) : {},
    instructors: instructors.isGiven ? instructors.list().map((one) => toInstructor(one, at)) : [],
  };
}

function toAgreement(member: Member, at: Date): NewAgreement {
  const { effectiveFrom, effectiveTo, windDownDays, purposes, checklist, annexes } = member.object([
    'effectiveFrom',
    'effectiveTo',
    'windDownDays',
    'purposes',
    'checklist',
    'annexes',
  ]);
  const named = purposes.list().map((purpose) => purpose.text(LINE, 'the name of a purpose'));
  const confirmed = checklist.list().map((item) => item.integer(1, 10));
  assertComplete(named, confirmed);
  const agreement = {
    effectiveFrom: effectiveFrom.instantOrNull() ?? at,
    effectiveTo: effectiveTo.instantOrNull(),
    windDownDays: windDownDays.integer(0, 3650),
    purposes: named,
    checklist: confirmed,
    annexes: annexes.isGiven ? annexes.list().map(toAnnex) : [],
  };
  if (agreement.effectiveTo !== null && agreement.effectiveTo <= agreement.effectiveFrom) {
    throw effectiveTo.refuse('after effectiveFrom');
  }
  return agreement;
}

function toAnnex(member: Member): Annex {
  const { title, kind, sha256 } = member.object(['title', 'kind', 'sha256']);
  return {
    title: title.text(LINE, 'a title of 1 to 200 characters'),
    kind: kind.oneOf(ANNEX_KINDS),
    sha256: sha256.text(SHA256, '64 lower-case hex digits'),
  };
}

function toNotice(member: Member, at: Date): NewNotice {
  const { version, categories, purposes } = member.object(['version', 'categories', 'purposes']);
  const day = version.text(/./, 'a day as in 2026-11-23');
  if (!isDay(day)) throw version.refuse('a day as in 2026-11-23');
  const announced = {
    categories: categories.list().map((letter) => letter.oneOf(LETTERS)),
    purposes: purposes.list().map((purpose) => purpose.oneOf(PURPOSE_CODES)),
  };
  assertWithin(noticeToAdopt(at), announced);
  return { version: day, ...announced };
}

function toPolicy(member: Member): PolicyChanges {
  const { raw } = member;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw member.refuse('an object');
  try {
    changePolicy(POLICY_DEFAULTS, raw as PolicyChanges);
  } catch (error) {
    // The law's own refusals name the value by its key.
    if (isDomainError(error, 'POLICY_BELOW_LAW')) throw error;
    throw isDomainError(error) ? member.refuse(`a policy: ${error.message.replace(/\.$/, '')}`) : error;
  }
  return raw as PolicyChanges;
}

function toInstructor(member: Member, at: Date): NewInstructor {
  const one = member.object(['name', 'apiClientId', 'role', 'authority', 'validFrom', 'validTo']);
  // There is no credential yet but the one that onboarding makes, so only persons can come in by a file.
  if (one.apiClientId.isGiven) throw one.apiClientId.refuse('left out: credentials are registered later');
  const validFrom = one.validFrom.instantOrNull() ?? at;
  const validTo = one.validTo.instantOrNull();
  if (validTo !== null && validTo <= validFrom) throw one.validTo.refuse('after validFrom');
  return {
    who: { kind: 'PERSON', name: one.name.text(LINE, 'a name of 1 to 200 characters') },
    role: one.role.text(CODE, 'a code as in PRIVACY_OFFICER'),
    authority: one.authority.list().map((type) => type.oneOf(INSTRUCTION_TYPES)),
    validFrom,
    validTo,
  };
}
