import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ApiClient, AUTH_METHODS, type ClientSecret, type PublicJwk, SCOPES } from '@personr/access';

const SHOWN_ONCE =
  'Shown once, in the first answer to the request that made it: it is kept nowhere, so a replay of the Idempotency-Key answers without it.';

/** A secret of a client, without the secret. */
export class ClientSecretView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null until it is replaced.',
  })
  expiresAt!: string | null;
}

/** A public key, with what verifying needs and no more (RFC 7517). */
export class PublicKeyView {
  @ApiProperty({ enum: ['OKP', 'EC', 'RSA'], description: 'What kind of key it is.' }) kty!: string;
  @ApiProperty({ description: 'Its name in the header of an assertion.', example: '2026-11' }) kid!: string;
  @ApiProperty({ enum: ['EdDSA', 'ES256', 'RS256'], description: 'How it signs.' }) alg!: string;
  @ApiPropertyOptional({
    type: String,
    description: 'The curve, of an Ed25519 or P-256 key.',
    example: 'Ed25519',
  })
  crv?: string;
  @ApiPropertyOptional({
    type: String,
    description: 'The key itself, or half of its point, base64url.',
    example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  })
  x?: string;
  @ApiPropertyOptional({
    type: String,
    description: 'The other half of the point, base64url.',
    example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  })
  y?: string;
  @ApiPropertyOptional({
    type: String,
    description: 'The modulus of an RSA key, base64url.',
    example:
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W',
  })
  n?: string;
  @ApiPropertyOptional({
    type: String,
    description: 'The exponent of an RSA key, base64url.',
    example: 'AQAB',
  })
  e?: string;
}

/** A key set by value. */
export class KeySetView {
  @ApiProperty({ type: [PublicKeyView], description: 'All are good at once.' }) keys!: PublicJwk[];
}

/** A machine that may call for the tenant. */
export class ApiClientView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'What it names itself at the token endpoint.' }) clientId!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true, description: 'What it may do.' })
  scopes!: string[];
  @ApiProperty({ enum: AUTH_METHODS, enumName: 'AuthMethod', description: 'How it signs in.' })
  authMethod!: string;
  @ApiProperty({ type: KeySetView, nullable: true, description: 'Its keys, where they were given by value.' })
  jwks!: KeySetView | null;
  @ApiProperty({
    type: String,
    format: 'uri',
    nullable: true,
    description: 'Where it publishes its keys.',
    example: 'https://keys.business.example/jwks.json',
  })
  jwksUri!: string | null;
  @ApiProperty({ type: [ClientSecretView], description: 'Those that are good now, newest first.' })
  secrets!: ClientSecretView[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was revoked, for good.',
  })
  revokedAt!: string | null;
}

/** A client that was just registered. */
export class CreatedApiClientView extends ApiClientView {
  @ApiPropertyOptional({ description: `Only of a client that signs in with a secret. ${SHOWN_ONCE}` })
  clientSecret?: string;
}

/** A secret that was just made. */
export class CreatedSecretView extends ClientSecretView {
  @ApiPropertyOptional({ description: SHOWN_ONCE })
  clientSecret?: string;
}

/** A page of clients. */
export class ApiClientPageView {
  @ApiProperty({ type: [ApiClientView] }) items!: ApiClientView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Shows a secret, without the secret. */
export const toSecretView = ({ id, createdAt, expiresAt }: ClientSecret): ClientSecretView => ({
  id,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
});

/** Shows a client. */
export const toClientView = (client: ApiClient): ApiClientView => ({
  id: client.id,
  clientId: client.clientId,
  name: client.name,
  scopes: [...client.scopes],
  authMethod: client.authMethod,
  jwks: client.jwks === null ? null : { keys: [...client.jwks] },
  jwksUri: client.jwksUri,
  secrets: client.secrets.map(toSecretView),
  createdAt: client.createdAt.toISOString(),
  revokedAt: client.revokedAt?.toISOString() ?? null,
});
