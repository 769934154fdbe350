import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ELEMENT_CODES,
  EXCEPTION_GROUNDS,
  type ExceptionGround,
  PURPOSE_CODES,
  READ_PURPOSES,
  SOURCE_CODES,
  type SourceCode,
} from '@personr/law';
import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { CODE, IsInstant } from '../http/members.js';
import { PageQuery } from '../http/paging.js';

/** What a document is: it comes in the query, since the body is the document. */
export class DocumentQuery {
  @ApiProperty({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    description: 'What kind of document it is; its categories follow from it.',
    example: 'SELFIE',
  })
  @IsString()
  @Matches(CODE, { message: 'element must be the name of a data element, in capitals' })
  element!: string;

  @ApiProperty({ enum: SOURCE_CODES, enumName: 'SourceCode', example: 'CONSUMER_DIRECT' })
  @IsIn(SOURCE_CODES)
  source!: SourceCode;

  @ApiProperty({ enum: PURPOSE_CODES, enumName: 'PurposeCode', example: 'IDENTITY_VERIFICATION' })
  @IsString()
  @Matches(CODE, { message: 'purpose must be the name of a purpose, in capitals' })
  purpose!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00Z' })
  @IsInstant()
  collectedAt!: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The consent it is taken in under, where the policy wants one.',
  })
  @IsOptional()
  @IsString()
  consentId?: string;
}

/** What a document is read for. */
export class ReadDocumentQuery {
  @ApiProperty({
    enum: READ_PURPOSES,
    enumName: 'ReadPurpose',
    description:
      'A purpose; or the ground of a hold, and what is read is what its holds kept from an erasure. For any other purpose that is refused, 403 `RESTRICTED_BY_HOLD`.',
    example: 'IDENTITY_VERIFICATION',
  })
  @IsString()
  @Matches(CODE, { message: 'purpose must be the name of a purpose, in capitals' })
  purpose!: string;
}

/** Which documents to list. */
export class DocumentListQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: EXCEPTION_GROUNDS,
    enumName: 'ExceptionGround',
    description:
      'Those that holds on this ground kept from an erasure, which are in no other list; 403 `PURPOSE_NOT_PERMITTED` when there is no such hold.',
  })
  @IsOptional()
  @IsIn(EXCEPTION_GROUNDS)
  ground?: ExceptionGround;
}
