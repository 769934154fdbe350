import { ApiProperty } from '@nestjs/swagger';
import { ALGORITHM_NAMES, AUTH_METHODS, type PublishedKey, SCOPES } from '@personr/access';

/** Where and how to sign in (RFC 8414, section 2). */
export class MetadataView {
  @ApiProperty({
    format: 'uri',
    description: 'The issuer identifier: `iss` and `aud` of access tokens, `aud` of assertions.',
    example: 'https://api.personr.example',
  })
  issuer!: string;

  @ApiProperty({ format: 'uri' }) token_endpoint!: string;
  @ApiProperty({ format: 'uri' }) jwks_uri!: string;
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true }) scopes_supported!: string[];
  @ApiProperty({ type: [String], maxItems: 0, description: 'None: there is no authorization endpoint.' })
  response_types_supported!: string[];
  @ApiProperty({ enum: ['client_credentials'], isArray: true }) grant_types_supported!: string[];
  @ApiProperty({ enum: AUTH_METHODS, enumName: 'AuthMethod', isArray: true })
  token_endpoint_auth_methods_supported!: string[];
  @ApiProperty({ enum: ALGORITHM_NAMES, isArray: true })
  token_endpoint_auth_signing_alg_values_supported!: string[];
  @ApiProperty({ format: 'uri' }) service_documentation!: string;
}

/** A key that verifies access tokens (RFC 7517). */
export class TokenKeyView {
  @ApiProperty({ enum: ['EC'] }) kty!: 'EC';
  @ApiProperty({ enum: ['P-256'] }) crv!: 'P-256';
  @ApiProperty() x!: string;
  @ApiProperty() y!: string;
  @ApiProperty({ description: 'Its RFC 7638 thumbprint. The header of a token names it.' }) kid!: string;
  @ApiProperty({ enum: ['sig'] }) use!: 'sig';
  @ApiProperty({ enum: ['ES256'] }) alg!: 'ES256';
}

/** The keys that verify access tokens; several while one replaces another. */
export class JwksView {
  @ApiProperty({ type: [TokenKeyView] }) keys!: PublishedKey[];
}
