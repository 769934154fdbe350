import { ApiProperty } from '@nestjs/swagger';
import { ALGORITHM_NAMES, AUTH_METHODS, type PublishedKey, SCOPES } from '@personr/access';

const ISSUER = 'https://api.personr.example';

/** Where and how to sign in (RFC 8414, section 2). */
export class MetadataView {
  @ApiProperty({
    format: 'uri',
    description: 'The issuer identifier: `iss` and `aud` of access tokens, `aud` of assertions.',
    example: ISSUER,
  })
  issuer!: string;

  @ApiProperty({ format: 'uri', description: 'Where tokens are given.', example: `${ISSUER}/oauth/token` })
  token_endpoint!: string;

  @ApiProperty({
    format: 'uri',
    description: 'Where the keys are that verify access tokens.',
    example: `${ISSUER}/.well-known/jwks.json`,
  })
  jwks_uri!: string;

  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true, description: 'Every scope there is.' })
  scopes_supported!: string[];

  @ApiProperty({ type: [String], maxItems: 0, description: 'None: there is no authorization endpoint.' })
  response_types_supported!: string[];
  @ApiProperty({
    enum: ['client_credentials'],
    isArray: true,
    description: 'Clients act for themselves (RFC 6749, section 4.4).',
  })
  grant_types_supported!: string[];

  @ApiProperty({
    enum: AUTH_METHODS,
    enumName: 'AuthMethod',
    isArray: true,
    description: 'How a client may sign in; each in the one way it was registered for.',
  })
  token_endpoint_auth_methods_supported!: string[];
  @ApiProperty({
    enum: ALGORITHM_NAMES,
    isArray: true,
    description: 'How an assertion may be signed. Ed25519 is EdDSA by its name in RFC 9864.',
  })
  token_endpoint_auth_signing_alg_values_supported!: string[];
  @ApiProperty({ format: 'uri', description: 'This contract, to be read.', example: `${ISSUER}/docs` })
  service_documentation!: string;
}

/** A key that verifies access tokens (RFC 7517). */
export class TokenKeyView {
  @ApiProperty({ enum: ['EC'], description: 'An elliptic curve.' }) kty!: 'EC';
  @ApiProperty({ enum: ['P-256'], description: 'Which curve.' }) crv!: 'P-256';
  @ApiProperty({
    description: 'The point of the key, base64url.',
    example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  })
  x!: string;
  @ApiProperty({
    description: 'The point of the key, base64url.',
    example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  })
  y!: string;
  @ApiProperty({ description: 'Its RFC 7638 thumbprint. The header of a token names it.' }) kid!: string;
  @ApiProperty({ enum: ['sig'], description: 'It signs.' }) use!: 'sig';
  @ApiProperty({ enum: ['ES256'], description: 'How it signs.' }) alg!: 'ES256';
}

/** The keys that verify access tokens; several while one replaces another. */
export class JwksView {
  @ApiProperty({ type: [TokenKeyView], description: 'The newest signs; all verify.' }) keys!: PublishedKey[];
}
