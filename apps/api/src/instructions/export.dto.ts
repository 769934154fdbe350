import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { isAgeRecipient } from '@personr/delivery';
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
  IsUUID,
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

const ENCRYPT_TO = {
  minLength: 62,
  maxLength: 62,
  pattern: '^age1[02-9ac-hj-np-z]{58}$',
  description:
    'A recipient of age (age-encryption.org/v1, X25519). The package leaves as a file of age, which its identity alone opens.',
  example: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
};

/** A recipient of age, with its checksum. */
const IsAgeRecipient =
  () =>
  (target: object, propertyName: string): void => {
    registerDecorator({
      name: 'isAgeRecipient',
      target: target.constructor,
      propertyName,
      options: { message: 'encryptTo must be a recipient of age, age1 and 58 characters' },
      validator: { validate: (value: unknown) => typeof value === 'string' && isAgeRecipient(value) },
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

  @ApiPropertyOptional(ENCRYPT_TO)
  @IsOptional()
  @IsAgeRecipient()
  encryptTo?: string;
}

/** How what a RETURN returns gets to the Business. */
export class ReturnBody {
  @ApiPropertyOptional({
    format: 'uuid',
    description:
      'The endpoint that the package is brought to; it must be proved. Left for download when left out.',
  })
  @IsOptional()
  @IsUUID('7')
  endpointId?: string;

  @ApiPropertyOptional(ENCRYPT_TO)
  @IsOptional()
  @IsAgeRecipient()
  encryptTo?: string;
}
