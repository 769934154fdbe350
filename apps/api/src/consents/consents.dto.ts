import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Consent, type NewConsent } from '@personr/subjects';
import { IsOptional, IsString, Matches } from 'class-validator';
import { IsInstant } from '../http/members.js';

// Codes: no blank, no lower case, no at sign, so that no name or address of a person fits in by habit.
const POLICY = /^[A-Z][A-Z0-9_.-]{0,63}$/;
const VERSION = /^[A-Z0-9][A-Z0-9_.-]{0,31}$/;
const REF = /^[A-Za-z0-9_-]{1,64}$/;

/** What a consumer agreed to: which policy, which version, when. */
export class ConsentBody {
  @ApiProperty({ pattern: POLICY.source, description: 'A code of the policy.', example: 'PRIVACY_POLICY' })
  @IsString()
  @Matches(POLICY, { message: 'policy must be a code of capitals, digits and _ . -' })
  policy!: string;

  @ApiProperty({ pattern: VERSION.source, description: 'A code of its version.', example: '2026-01' })
  @IsString()
  @Matches(VERSION, { message: 'version must be a code of capitals, digits and _ . -' })
  version!: string;

  @ApiProperty({ format: 'date-time', description: 'Not in the future.', example: '2026-11-20T09:00:00Z' })
  @IsInstant()
  givenAt!: string;
}

/** A consent that comes in with a person. */
export class InlineConsentBody extends ConsentBody {
  @ApiPropertyOptional({
    pattern: REF.source,
    description: 'By which records of the same body name it: `consentRef`. Kept nowhere.',
    example: 'c1',
  })
  @IsOptional()
  @IsString()
  @Matches(REF, { message: 'ref must be of letters, digits, _ and -' })
  ref?: string;
}

/** When a consent was withdrawn. */
export class WithdrawalBody {
  @ApiProperty({ format: 'date-time', description: 'Not in the future.', example: '2026-11-24T12:00:00Z' })
  @IsInstant()
  withdrawnAt!: string;
}

/** A consent. */
export class ConsentView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'PRIVACY_POLICY' }) policy!: string;
  @ApiProperty({ example: '2026-01' }) version!: string;
  @ApiProperty({ format: 'date-time' }) givenAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) withdrawnAt!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

/** A page of consents. */
export class ConsentPageView {
  @ApiProperty({ type: [ConsentView] }) items!: ConsentView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Reads a consent. */
export const toNewConsent = ({ policy, version, givenAt, ref }: InlineConsentBody): NewConsent => ({
  policy,
  version,
  givenAt: new Date(givenAt),
  ...(ref === undefined ? {} : { ref }),
});

/** Shows a consent. */
export const toConsentView = (consent: Consent): ConsentView => ({
  id: consent.id,
  policy: consent.policy,
  version: consent.version,
  givenAt: consent.givenAt.toISOString(),
  withdrawnAt: consent.withdrawnAt?.toISOString() ?? null,
  createdAt: consent.createdAt.toISOString(),
});
