import { type FastifyRequest } from 'fastify';

/** What a request is called that no route takes. */
export const NO_ROUTE = 'none';

const names = new Map<string, string>();

/** The route that took the request, as the contract writes it (`POST /v1/subjects/{id}/records`): never what is in its URL. */
export function routeNameOf({ method, is404, routeOptions: { url } }: FastifyRequest): string {
  if (is404 || url === undefined) return NO_ROUTE;
  const place = `${method} ${url}`;
  const name = names.get(place) ?? place.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
  names.set(place, name);
  return name;
}
