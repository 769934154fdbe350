import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeSecurity } from './auth/security-schemes.js';
import { ReceiptView } from './instructions/receipt.view.js';
import { asOpenApi31 } from './openapi-3-1.js';

const DESCRIPTION = `Holds identity-verification data for many Businesses and proves what it erased.

Every answer carries \`X-Request-Id\`; a request may bring its own, a lower-case UUID. A failure is a problem
document (RFC 9457): switch on \`code\`, show \`detail\`. Times are RFC 3339 in UTC. What belongs to another tenant
is answered as what does not exist.`;

/** Writes the contract down from the code (OpenAPI 3.1). It is committed as `libs/client/openapi.json`. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const builder = describeSecurity(new DocumentBuilder())
    .setOpenAPIVersion('3.1.0')
    .setTitle('Personr processor')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('access', 'Access tokens, and the clients that get them.')
    .addTag('subjects', 'Whom a tenant holds data about, and the way of values in and out.')
    .addTag('instructions', 'What a tenant orders, how far it is, and its receipt.')
    .addTag('evidence', "A tenant's own log.")
    .addTag('health', 'For whoever operates it.')
    .addServer('/')
    .build();
  const document = SwaggerModule.createDocument(app, builder, { extraModels: [ReceiptView] });
  return asOpenApi31(document) as OpenAPIObject;
}
