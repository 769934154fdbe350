import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ReceiptView } from './instructions/receipt.view.js';

/** Writes the contract down from the code (OpenAPI 3.1). It is committed as `libs/client/openapi.json`. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Personr processor')
    .setDescription('Holds identity-verification data for many Businesses and proves what it erased.')
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'token')
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'Client id and client secret.' }, 'client')
    .build();
  return SwaggerModule.createDocument(app, builder, { extraModels: [ReceiptView] });
}
