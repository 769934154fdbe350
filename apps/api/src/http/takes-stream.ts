import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media type of the stream that the route takes; undefined for a body that is read whole. */
    readonly stream?: string;
  }
}

/** NDJSON has no registered type; this is what everybody sends. */
export const NDJSON = 'application/x-ndjson';

/** Of a route that takes every type of body, as bytes. */
export const ANY_TYPE = '*/*';

/** A route whose body is a stream of this media type. No parser reads it, and the route keeps its time itself. */
export const TakesStream = (mediaType: string): MethodDecorator => RouteConfig({ stream: mediaType });
