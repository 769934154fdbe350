import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { problemOf } from '../problem/problem.js';
import { markRefused } from '../refusals/refused.js';

type Route = { readonly segments: readonly string[]; readonly methods: Set<string> };

/**
 * Answers a method that a known path does not have: 405 `METHOD_NOT_ALLOWED`, and OPTIONS with 204, each with
 * `Allow`. There is no CORS: browsers of other origins are told nothing.
 */
export function answerOtherMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, Route>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { segments: url.split('/'), methods: new Set<string>() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const allowed = request.is404 ? allowedAt(request.url, [...routes.values()]) : [];
    if (allowed.length === 0) done();
    else refuse(request, reply.header('Allow', allowed.join(', ')));
  });
}

function allowedAt(url: string, routes: readonly Route[]): string[] {
  const segments = (url.split('?')[0] ?? '').split('/');
  const methods = routes.filter((route) => matches(route, segments)).flatMap((route) => [...route.methods]);
  return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
}

function matches({ segments }: Route, path: readonly string[]): boolean {
  const open = segments.at(-1) === '*';
  const named = open ? segments.slice(0, -1) : segments;
  if (open ? path.length <= named.length : path.length !== named.length) return false;
  return named.every((segment, position) =>
    segment.startsWith(':') ? path[position] !== '' : segment === path[position],
  );
}

function refuse(request: FastifyRequest, reply: FastifyReply): void {
  if (request.method === 'OPTIONS') {
    void reply.status(204).send();
    return;
  }
  markRefused(request, 'METHOD_NOT_ALLOWED');
  const problem = problemOf('METHOD_NOT_ALLOWED', {
    detail: 'This path does not have that method. Allow says which it has.',
    requestId: request.id,
  });
  void reply
    .status(problem.status)
    .header('Content-Type', 'application/problem+json')
    .send(JSON.stringify(problem));
}
