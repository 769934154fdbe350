import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches } from 'class-validator';

/** The form of a token request. */
export class TokenBody {
  @ApiProperty({ enum: ['client_credentials'] })
  @IsString()
  grant_type!: string;

  @ApiPropertyOptional({
    description: 'Scopes, separated by blanks. All that the client holds when left out.',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[a-z:]+( [a-z:]+)*$/, { message: 'scope is a list of scope names, separated by single blanks' })
  scope?: string;
}

/** An access token and what it is good for. */
export class TokenView {
  @ApiProperty() access_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: 'Bearer';
  @ApiProperty({ description: 'Seconds.' }) expires_in!: number;
  @ApiProperty() scope!: string;
  @ApiProperty({ format: 'uuid' }) tenant!: string;
}
