import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

/** Hands a controller what of the path its `*` stands for; the contract calls it `{path}`. */
export const PathBelow = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<'*', string> }>>();
  return params['*'];
});
