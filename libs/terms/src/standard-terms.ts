import { CONTRACT_PURPOSES, CONTRACT_TERM_NUMBERS, noticeToAdopt } from '@personr/law';
import { type NewTerms } from './adopt-terms.js';
import { type Annex } from './agreement.js';

/** The house's standard agreement, `STANDARD-AGREEMENT.md` of this room, by the hash of its bytes. */
export const STANDARD_AGREEMENT: Annex = {
  title: 'Personr standard Service Provider Agreement 2026-11-25',
  kind: 'AGREEMENT',
  sha256: 'ffc2adf601743d86edb1db207217fc702a8021adffe969f1f25eb02ea9d5c2e6',
};

/**
 * What is agreed with a tenant that brings no terms of its own: the standard agreement from `at` on without an
 * end, every specific purpose, 30 days of wind-down; the house's notice; the house's policy; nobody but the
 * credential's own registration to instruct.
 */
export const standardTerms = (at: Date): NewTerms & { readonly agreement: object } => {
  const { version, categories, purposes } = noticeToAdopt(at);
  return {
    agreement: {
      effectiveFrom: at,
      effectiveTo: null,
      windDownDays: 30,
      purposes: CONTRACT_PURPOSES,
      checklist: CONTRACT_TERM_NUMBERS,
      annexes: [STANDARD_AGREEMENT],
    },
    notice: { version, categories, purposes },
    policy: {},
    instructors: [],
  };
};

/** What holds for the built-in tenant of our own Business: its notice, its policy, and no agreement. */
export const ownBusinessTerms = (at: Date): NewTerms => ({ ...standardTerms(at), agreement: null });
