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
  @ApiProperty({ enum: ['OKP', 'EC', 'RSA'] }) kty!: string;
  @ApiProperty() kid!: string;
  @ApiProperty({ enum: ['EdDSA', 'ES256', 'RS256'] }) alg!: string;
  @ApiPropertyOptional({ type: String }) crv?: string;
  @ApiPropertyOptional({ type: String }) x?: string;
  @ApiPropertyOptional({ type: String }) y?: string;
  @ApiPropertyOptional({ type: String }) n?: string;
  @ApiPropertyOptional({ type: String }) e?: string;
}

/** A key set by value. */
export class KeySetView {
  @ApiProperty({ type: [PublicKeyView] }) keys!: PublicJwk[];
}

/** A machine that may call for the tenant. */
export class ApiClientView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'What it names itself at the token endpoint.' }) clientId!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true }) scopes!: string[];
  @ApiProperty({ enum: AUTH_METHODS, enumName: 'AuthMethod' }) authMethod!: string;
  @ApiProperty({ type: KeySetView, nullable: true }) jwks!: KeySetView | null;
  @ApiProperty({ type: String, format: 'uri', nullable: true }) jwksUri!: string | null;
  @ApiProperty({ type: [ClientSecretView], description: 'Those that are good now, newest first.' })
  secrets!: ClientSecretView[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt!: string | null;
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
