import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  type Audience,
  AUDIENCES,
  EXPORT_CONTENTS,
  type ExportContent,
  isDay,
  WAIVER_REASONS,
  type WaiverReason,
} from '@personr/law';
import { Type } from 'class-transformer';
import {
  Equals,
  IsIn,
  IsObject,
  IsOptional,
  registerDecorator,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';

/** A day of the calendar, `YYYY-MM-DD`. */
const IsDay =
  (options: ValidationOptions) =>
  (target: object, propertyName: string): void => {
    registerDecorator({
      name: 'isDay',
      target: target.constructor,
      propertyName,
      options,
      validator: { validate: (value: unknown) => typeof value === 'string' && isDay(value) },
    });
  };

/** How far an export goes back. */
@ApiSchema({ description: 'Exactly one of the two.' })
export class LookbackBody {
  @ApiPropertyOptional({
    format: 'date',
    description: 'Collected on this day or later, where your policy has its days.',
    example: '2024-05-01',
  })
  @IsOptional()
  @IsDay({ message: 'from must be a day as in 2024-05-01' })
  from?: string;

  @ApiPropertyOptional({ type: Boolean, enum: [true], description: 'As far as the law reaches.' })
  @IsOptional()
  @Equals(true)
  all?: true;
}

/** That one answer more is given than the law owes. */
@ApiSchema({ description: 'Your decision, which your log tells (R-49).' })
export class WaiverBody {
  @ApiProperty({ enum: WAIVER_REASONS, enumName: 'WaiverReason' })
  @IsIn(WAIVER_REASONS)
  reason!: WaiverReason;
}

/** What an EXPORT holds and for whom it is. */
export class ExportBody {
  @ApiProperty({ enum: EXPORT_CONTENTS, enumName: 'ExportContent' })
  @IsIn(EXPORT_CONTENTS)
  content!: ExportContent;

  @ApiProperty({
    enum: AUDIENCES,
    enumName: 'Audience',
    description:
      'CONSUMER: what Reg. 7024(d) forbids is named and left out. BUSINESS: complete; never to be passed on as it is.',
  })
  @IsIn(AUDIENCES)
  audience!: Audience;

  @ApiPropertyOptional({
    type: LookbackBody,
    description:
      'When left out: for a consumer the 12 months before the request was received, for the Business everything.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LookbackBody)
  lookback?: LookbackBody;
  @ApiPropertyOptional({
    type: WaiverBody,
    description:
      'Gives the answer although the consumer has had as many within twelve months as the law owes.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WaiverBody)
  waiver?: WaiverBody;
}
