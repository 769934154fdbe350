import { isDomainError } from '@personr/kernel';
import {
  assertComplete,
  assertInForce,
  assertInstructable,
  CONTRACT_PURPOSES,
  CONTRACT_TERM_NUMBERS,
  type Standing,
  standingOf,
  windDownEnd,
} from './agreement.js';
import { isAuthorised } from './authority.js';
import { INSTRUCTION_TYPES } from './request.js';

const ZONE = 'America/Los_Angeles';

const refusal = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    if (isDomainError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'allowed';
};

const complete = (purposes: readonly string[], checklist: readonly number[] = CONTRACT_TERM_NUMBERS) =>
  refusal(() => {
    assertComplete(purposes, checklist);
  });

describe('the terms of an agreement', () => {
  it('R-03: are complete with specific purposes and all ten items of 11 CCR 7051(a)', () => {
    expect(complete(['IDENTITY_VERIFICATION'])).toBe('allowed');
    expect(complete(CONTRACT_PURPOSES)).toBe('allowed');
  });

  it.each([
    [[], 'none'],
    [['as per contract'], 'a generic one'],
    [['IDENTITY_VERIFICATION', 'as per contract'], 'a generic one among others'],
    [['SECURITY_AND_FRAUD'], 'one that is no ground to collect'],
    [['WEBSITE_ADVERTISING'], 'one of our own Business'],
    [['toString'], 'an inherited name'],
  ])('R-03: are incomplete with the purposes %j: %s', (purposes) => {
    expect(complete(purposes)).toMatch(/^AGREEMENT_TERMS_INCOMPLETE: .*7051\(a\)\(2\)/);
    expect(complete(purposes)).not.toContain('as per contract');
  });

  it.each([
    [[1, 2, 4, 5, 6, 8, 9, 10], '3, 7'],
    [[], '1, 2, 3, 4, 5, 6, 7, 8, 9, 10'],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 9], '10'],
  ])('R-03: with the checklist %j lack the items %s, by number', (checklist, missing) => {
    expect(complete(CONTRACT_PURPOSES, checklist)).toBe(
      `AGREEMENT_TERMS_INCOMPLETE: The agreement does not confirm 11 CCR 7051(a) item ${missing}.`,
    );
  });
});

describe('an agreement in time', () => {
  // Ends at midnight in California that begins 2027-03-01; ten days of wind-down pass the clock change of 14 March.
  const term = {
    effectiveFrom: new Date('2026-12-01T08:00:00Z'),
    effectiveTo: new Date('2027-03-05T20:00:00Z'),
    windDownDays: 10,
  };
  const at = (instant: string, changes: Partial<typeof term> | { effectiveTo: null } = {}) =>
    standingOf({ ...term, ...changes }, new Date(instant), ZONE);

  it('R-03: is in force from its first instant to the one before its end', () => {
    expect(at('2026-12-01T07:59:59.999Z')).toBe('NONE');
    expect(at('2026-12-01T08:00:00.000Z')).toBe('IN_FORCE');
    expect(at('2027-03-05T19:59:59.999Z')).toBe('IN_FORCE');
    expect(at('2027-03-05T20:00:00.000Z')).toBe('WIND_DOWN');
    expect(at('2099-01-01T00:00:00.000Z', { effectiveTo: null })).toBe('IN_FORCE');
    expect(standingOf(null, new Date(), ZONE)).toBe('NONE');
  });

  it('R-03: winds down in calendar days, to the midnight that ends the last, whatever the clock change', () => {
    expect(windDownEnd(term, ZONE)?.toISOString()).toBe('2027-03-16T07:00:00.000Z');
    expect(at('2027-03-16T06:59:59.999Z')).toBe('WIND_DOWN');
    expect(at('2027-03-16T07:00:00.000Z')).toBe('ENDED');
    expect(at('2027-03-05T20:00:00.000Z', { windDownDays: 0 })).toBe('ENDED');
    expect(windDownEnd({ ...term, effectiveTo: null }, ZONE)).toBeNull();
  });

  it.each<[Standing, string[]]>([
    ['IN_FORCE', [...INSTRUCTION_TYPES]],
    ['OWN_BUSINESS', [...INSTRUCTION_TYPES]],
    ['WIND_DOWN', ['DELETE', 'RETURN']],
    ['NONE', []],
    ['ENDED', []],
  ])('R-03: %s carries the instructions %j', (standing, carried) => {
    const allowed = INSTRUCTION_TYPES.filter(
      (type) =>
        refusal(() => {
          assertInstructable(standing, type);
        }) === 'allowed',
    );
    expect(allowed).toEqual(carried);
  });

  it('R-03: wound down is not in force for anything else', () => {
    const said = (standing: Standing) =>
      refusal(() => {
        assertInForce(standing);
      });
    expect([said('IN_FORCE'), said('OWN_BUSINESS')]).toEqual(['allowed', 'allowed']);
    for (const standing of ['WIND_DOWN', 'ENDED', 'NONE'] as const) {
      expect(said(standing)).toMatch(/^AGREEMENT_NOT_IN_FORCE/);
    }
  });
});

describe('authority to instruct', () => {
  const noon = new Date('2026-11-24T20:00:00Z');
  const authority = { authority: ['DELETE' as const], validFrom: noon, validTo: null, revokedAt: null };
  const seconds = (from: number) => new Date(noon.getTime() + from * 1000);

  it('R-05: counts at the instant of the order: a second before it begins, after it ends, after its revocation, it is none', () => {
    expect(isAuthorised(authority, 'DELETE', seconds(-1))).toBe(false);
    expect(isAuthorised(authority, 'DELETE', noon)).toBe(true);
    const limited = { ...authority, validTo: seconds(60) };
    expect([59, 60].map((at) => isAuthorised(limited, 'DELETE', seconds(at)))).toEqual([true, false]);
    const revoked = { ...authority, revokedAt: seconds(60) };
    expect([59, 60, 61].map((at) => isAuthorised(revoked, 'DELETE', seconds(at)))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('R-05: covers the types it names', () => {
    expect(isAuthorised(authority, 'RETURN', noon)).toBe(false);
  });
});
