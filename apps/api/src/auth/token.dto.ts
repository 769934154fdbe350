import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ASSERTION_TYPE, SCOPES } from '@personr/access';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

/** The form of a token request. */
export class TokenBody {
  @ApiProperty({ enum: ['client_credentials'] })
  @IsString()
  grant_type!: string;

  @ApiPropertyOptional({
    description: `Scopes, separated by single blanks; all that the client holds when left out. There are ${SCOPES.join(', ')}.`,
    example: 'subjects:read instructions:write',
    pattern: '^[a-z:]+( [a-z:]+)*$',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[a-z:]+( [a-z:]+)*$/, { message: 'scope is a list of scope names, separated by single blanks' })
  scope?: string;

  @ApiPropertyOptional({
    description:
      'The client id. Needed by neither way to sign in; when it is sent, it names the same client.',
    maxLength: 100,
    example: '01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7abc-8def-0123456789b1',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  client_id?: string;

  @ApiPropertyOptional({ enum: [ASSERTION_TYPE], description: 'For `private_key_jwt`.' })
  @IsOptional()
  @IsIn([ASSERTION_TYPE])
  client_assertion_type?: string;

  @ApiPropertyOptional({
    description: 'For `private_key_jwt`: a JWT (RFC 7523, section 3) that the client signed. Good once.',
    maxLength: 4096,
    example: 'eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYtMTEifQ.eyJpc3MiOiI8Y2xpZW50IGlkPiJ9.c2lnbmF0dXJl',
    pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*$',
  })
  @IsOptional()
  @IsString()
  @MaxLength(4096)
  @Matches(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/, {
    message: 'client_assertion is a JWT in its compact spelling',
  })
  client_assertion?: string;
}

/** An access token and what it is good for. */
export class TokenView {
  @ApiProperty({
    description:
      'A JWT (RFC 9068), to be sent as `Authorization: Bearer`. What it grants ends with the client: a revoked one is refused at once.',
  })
  access_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: 'Bearer';
  @ApiProperty({ type: 'integer', description: 'Seconds.', example: 600 }) expires_in!: number;
  @ApiProperty({ description: 'What the token may do, separated by blanks.' }) scope!: string;
  @ApiProperty({ format: 'uuid', description: 'Whose data it reaches.' }) tenant!: string;
}
