import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ReceiptView } from '../instructions/receipt.view.js';
import { describeSecurity } from '../auth/security-schemes.js';
import { complete } from './complete.js';
import { DESCRIPTION } from './description.js';
import { type Contract } from './document.js';
import { asOpenApi31 } from './openapi-3-1.js';

/** Writes the contract down from the code (OpenAPI 3.1). It is committed as `libs/client/openapi.json`. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const builder = describeSecurity(new DocumentBuilder())
    .setOpenAPIVersion('3.1.0')
    .setTitle('Personr processor')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setContact('Personr, for developers', 'https://personr.example/developers', 'developers@personr.example')
    .addTag('access', 'Access tokens, and the clients that ask for them.')
    .addTag('subjects', 'Whom a tenant holds data about, and the way of values in and out.')
    .addTag('terms', 'What was agreed: agreements, privacy notices, policy, and who may instruct.')
    .addTag('instructions', 'What a tenant orders, how far it is, and its receipt.')
    .addTag('endpoints', 'Where packages are sent, and how a tenant shows that it is its own.')
    .addTag('holds', 'What is kept in spite of an erasure: on which legal ground, until when.')
    .addTag('evidence', "A tenant's own log: what a receipt is checked against.")
    .addTag('health', 'For whoever operates it.')
    .addServer('/', 'Where this document came from.')
    .build();
  const document = SwaggerModule.createDocument(app, builder, { extraModels: [ReceiptView] });
  return complete(asOpenApi31(document) as Contract) as unknown as OpenAPIObject;
}
