import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MOST_KEYS, type Scope, SCOPES } from '@personr/access';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/;
const LONGEST_OVERLAP = 30 * 86_400;

/** Absent, but not null: null is a value that the contract does not have. */
const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

const JWK = {
  type: 'object',
  description: 'A public key (RFC 7517). Members that are not needed are left out; private ones are refused.',
  required: ['kty', 'kid'],
  additionalProperties: true,
  properties: {
    kty: { type: 'string', enum: ['OKP', 'EC', 'RSA'] },
    kid: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' },
  },
  example: {
    kty: 'OKP',
    crv: 'Ed25519',
    kid: '2026-11',
    alg: 'EdDSA',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
};

/** A key set by value (RFC 7517, section 5). */
export class JwksBody {
  @ApiProperty({
    type: 'array',
    items: JWK,
    minItems: 1,
    maxItems: MOST_KEYS,
    description: 'Ed25519, P-256 or RSA of 2048 to 4096 bits, each with a `kid` of its own.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_KEYS)
  @IsObject({ each: true })
  keys!: object[];
}

const JWKS = {
  type: JwksBody,
  description:
    'The public keys it signs in with, by value. Several are good at once: add the new, then take the old away.',
};
const JWKS_URI = {
  format: 'uri',
  maxLength: 500,
  description:
    'Where it publishes its public keys: https on the usual port of a host on the internet. A key that is taken down there is refused ten minutes later at most.',
  example: 'https://keys.business.example/jwks.json',
};

const NAMED = {
  description: 'For your own eyes; it is not in the log. Letters, digits, blanks, `.`, `_`, `-`.',
  pattern: NAME.source,
  example: 'onboarding service',
};
const GRANTED = {
  enum: SCOPES,
  enumName: 'Scope',
  isArray: true,
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
  description: 'What it may do. Nobody gives what its own token does not hold.',
  example: ['subjects:write'],
};

/** A client to be: with a secret that is made for it, unless it comes with keys. */
export class NewApiClientBody {
  @ApiProperty(NAMED)
  @IsString()
  @Matches(NAME, { message: 'name is 1 to 64 letters, digits, blanks, dots, underscores or hyphens' })
  name!: string;

  @ApiProperty(GRANTED)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes!: Scope[];

  @ApiPropertyOptional(JWKS)
  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => JwksBody)
  jwks?: JwksBody;

  @ApiPropertyOptional(JWKS_URI)
  @MayBeLeftOut()
  @IsString()
  @MaxLength(500)
  jwksUri?: string;
}

/** What is to change. What is left out stays. */
export class ApiClientChangeBody {
  @ApiPropertyOptional(NAMED)
  @MayBeLeftOut()
  @IsString()
  @Matches(NAME, { message: 'name is 1 to 64 letters, digits, blanks, dots, underscores or hyphens' })
  name?: string;

  @ApiPropertyOptional(GRANTED)
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  @ApiPropertyOptional(JWKS)
  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => JwksBody)
  jwks?: JwksBody;

  @ApiPropertyOptional(JWKS_URI)
  @MayBeLeftOut()
  @IsString()
  @MaxLength(500)
  jwksUri?: string;
}

/** How a secret is replaced. */
export class NewSecretBody {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: LONGEST_OVERLAP,
    description: 'How long the secret before stays good, at most 30 days; 0 ends it at once.',
    example: 86_400,
  })
  @IsInt()
  @Min(0)
  @Max(LONGEST_OVERLAP)
  overlapSeconds!: number;
}
