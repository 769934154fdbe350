import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FastifyInstance } from 'fastify';
import absolutePath from 'swagger-ui-dist/absolute-path.js';
import { CachedFile } from './cached-file.js';
import { PAGE, SCRIPT, STYLE } from './page.js';

/** Nothing from elsewhere, nothing inline, no eval. Images in the style sheet are `data:`. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the contract at `/openapi.json` and a reader for it at `/docs`, both to everybody and from this process
 * alone: the page asks nobody else for anything.
 */
export function serveContract(fastify: FastifyInstance, contract: object): void {
  const files = {
    '/openapi.json': new CachedFile('application/json; charset=utf-8', Buffer.from(JSON.stringify(contract))),
    '/docs': new CachedFile('text/html; charset=utf-8', Buffer.from(PAGE)),
    '/docs/reader.js': new CachedFile('text/javascript; charset=utf-8', Buffer.from(SCRIPT)),
    '/docs/reader.css': new CachedFile('text/css; charset=utf-8', Buffer.from(STYLE)),
    '/docs/swagger-ui-bundle.js': packaged('swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
    '/docs/swagger-ui.css': packaged('swagger-ui.css', 'text/css; charset=utf-8'),
    '/docs/favicon.png': packaged('favicon-32x32.png', 'image/png'),
  };
  for (const [path, file] of Object.entries(files)) {
    fastify.get(path, (request, reply) => {
      if (path.startsWith('/docs')) void reply.header('Content-Security-Policy', POLICY);
      return file.answer(request, reply);
    });
  }
}

const packaged = (name: string, contentType: string): CachedFile =>
  new CachedFile(contentType, readFileSync(join(absolutePath(), name)));
