import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SCOPES } from '@personr/access';
import { IsOptional, IsString, Matches } from 'class-validator';

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
}

/** An access token and what it is good for. */
export class TokenView {
  @ApiProperty({ description: 'A JWT, to be sent as `Authorization: Bearer`.' }) access_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: 'Bearer';
  @ApiProperty({ type: 'integer', description: 'Seconds.', example: 600 }) expires_in!: number;
  @ApiProperty({ description: 'What the token may do, separated by blanks.' }) scope!: string;
  @ApiProperty({ format: 'uuid', description: 'Whose data it reaches.' }) tenant!: string;
}
