import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type FastifyReply, type FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** A file of this process that caches may keep for an hour, and ask after then. */
export class CachedFile {
  private readonly tag: string;
  private compressed: Promise<Buffer> | undefined;

  constructor(
    private readonly contentType: string,
    private readonly bytes: Buffer,
  ) {
    this.tag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  }

  /** Answers with the file, compressed where that is understood, or with 304 when the caller has it. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const isCompressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const tag = `"${this.tag}${isCompressed ? '-gzip' : ''}"`;
    void reply.headers({ ETag: tag, 'Cache-Control': 'public, max-age=3600', Vary: 'Accept-Encoding' });
    if (request.headers['if-none-match']?.includes(tag) === true) return reply.status(304).send();
    void reply.type(this.contentType);
    if (!isCompressed) return reply.send(this.bytes);
    this.compressed ??= compress(this.bytes, { level: 9 });
    return reply.header('Content-Encoding', 'gzip').send(await this.compressed);
  }
}
