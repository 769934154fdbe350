import { ApiProperty } from '@nestjs/swagger';
import { CATEGORIES, PURPOSE_CODES, reviewFlags, reviewOf } from '@personr/law';
import { type NoticeVersion, type TermsInForce } from '@personr/terms';
import { ArrayMaxSize, ArrayMinSize, IsArray, Matches } from 'class-validator';
import { IsDay } from '../http/members.js';

const LETTERS = Object.keys(CATEGORIES);

/** A version of the tenant's notice: the house's, or narrower. */
export class NoticeBody {
  @ApiProperty({
    format: 'date',
    description: 'The date it shows. In force from the beginning of that day in California, or from now.',
    example: '2027-01-01',
  })
  @IsDay()
  version!: string;

  @ApiProperty({
    enum: LETTERS,
    enumName: 'Category',
    isArray: true,
    minItems: 1,
    maxItems: 12,
    example: ['A', 'B'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(12)
  @Matches(/^[A-L]$/, { each: true, message: 'categories must be letters A to L' })
  categories!: string[];

  @ApiProperty({
    enum: PURPOSE_CODES,
    enumName: 'PurposeCode',
    isArray: true,
    minItems: 1,
    maxItems: 50,
    example: ['IDENTITY_VERIFICATION'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @Matches(/^[A-Z][A-Z0-9_]{0,63}$/, {
    each: true,
    message: 'purposes must be names of purposes, in capitals',
  })
  purposes!: string[];
}

/** A version of the notice, and when it is to be reviewed. */
export class NoticeView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date', example: '2026-11-23' }) version!: string;
  @ApiProperty({ format: 'date', description: "The house's version it was judged by." })
  houseVersion!: string;
  @ApiProperty({ format: 'date-time' }) inForceFrom!: string;
  @ApiProperty({ description: 'Whether it is the version that intake is judged by now.' }) inForce!: boolean;
  @ApiProperty({ enum: LETTERS, enumName: 'Category', isArray: true }) categories!: string[];
  @ApiProperty({ enum: PURPOSE_CODES, enumName: 'PurposeCode', isArray: true }) purposes!: string[];
  @ApiProperty({ format: 'date', description: 'The last day for its yearly review.', example: '2027-11-23' })
  reviewDueOn!: string;
  @ApiProperty({
    enum: ['NOTICE_REVIEW_DUE', 'NOTICE_REVIEW_OVERDUE'],
    enumName: 'NoticeFlag',
    isArray: true,
    description: 'Of the version in force: due within 30 days, or overdue.',
  })
  flags!: string[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

/** A page of versions. */
export class NoticePageView {
  @ApiProperty({ type: [NoticeView] }) items!: NoticeView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Shows a version by what is in force now. */
export const toNoticeView =
  ({ at, notice: current, policy }: TermsInForce) =>
  (notice: NoticeVersion): NoticeView => {
    const review = reviewOf(notice.version, policy.deadlineZone);
    const inForce = notice.version === current.version;
    return {
      id: notice.id,
      version: notice.version,
      houseVersion: notice.houseVersion,
      inForceFrom: notice.inForceFrom.toISOString(),
      inForce,
      categories: [...notice.categories],
      purposes: [...notice.purposes],
      reviewDueOn: review.dueOn,
      flags: inForce ? reviewFlags(review, at) : [],
      createdAt: notice.createdAt.toISOString(),
    };
  };
