import { ApiHeader, ApiParam } from '@nestjs/swagger';

/** The header that names the edition of an answer, for the contract. */
export const EDITION = {
  ETag: { description: 'The edition, for If-Match.', schema: { type: 'string' as const }, example: '"3"' },
};

/** Says in the contract that a route takes `If-Match`. */
export const ApiIfMatch = (): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'The ETag of what the change was made against.',
    schema: { type: 'string' },
  });

/** Says in the contract what `{id}` is. */
export const ApiClientId = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'Our id of the client (the part of `clientId` after the dot).',
    schema: { type: 'string', format: 'uuid' },
  });
