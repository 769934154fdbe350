import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DATA_SCHEMA } from '@personr/packages';
import { Open } from '../auth/token.guard.js';

/** Schemas of what leaves the house. */
@ApiTags('instructions')
@Controller('schemas')
export class SchemasController {
  @Get('package-data-1.json')
  @Open()
  @Header('Content-Type', 'application/schema+json')
  @ApiOperation({
    operationId: 'readPackageSchema',
    summary: 'The JSON Schema (draft 2020-12) of `data.json` in a package',
  })
  @ApiResponse({
    status: 200,
    description: 'The schema.',
    content: { 'application/schema+json': { schema: { type: 'object', additionalProperties: true } } },
  })
  packageData(): string {
    return JSON.stringify(DATA_SCHEMA);
  }
}
