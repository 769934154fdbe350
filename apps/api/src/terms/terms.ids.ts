import { ApiParam } from '@nestjs/swagger';

/** Says in the contract what `{id}` is. */
export const ApiId = (of: string): MethodDecorator =>
  ApiParam({ name: 'id', description: `Our id of the ${of}.`, schema: { type: 'string', format: 'uuid' } });
