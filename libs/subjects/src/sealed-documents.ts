import { createHash, type Hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError, type KeyId, type TenantId } from '@personr/kernel';
import {
  type ByteRange,
  documentLabel,
  type DocumentPlace,
  objectNameOf,
  ObjectStore,
  type StoredDocument,
} from '@personr/stores';
import { CHUNK_OVERHEAD_BYTES, Vault } from '@personr/vault';
import { type DocumentBody, MOST_DOCUMENT_BYTES } from './document.js';
import { inChunks } from './in-chunks.js';
import { oneAhead } from './one-ahead.js';

// Measured beside 1 and 2 MiB, which are no faster and read the key store more often:
// see tools/decisions/2026-11-25-documents.md.
const CHUNK_BYTES = 4 * 1024 * 1024;

const SALT_BYTES = 32;
const COMMITMENT = 'personr.document/v1\n';

/** What a document's bytes came to, once all of them rest. */
export type SealedBytes = Pick<StoredDocument, 'sizeBytes' | 'chunkBytes' | 'noncePrefix'> & {
  readonly sha256: Uint8Array;
};

const bindingOf = ({ subjectId, element, id }: DocumentPlace): string[] => [
  'document',
  subjectId,
  element,
  id,
];
const digestBinding = (place: DocumentPlace): string[] => ['document-digest', ...bindingOf(place)];

/** Seals documents on their way into the object store and opens them on their way out. */
@Injectable()
export class SealedDocuments {
  constructor(
    private readonly vault: Vault,
    private readonly objects: ObjectStore,
  ) {}

  /** A key for this document and no other. */
  async keyFor(tenantId: TenantId, { subjectId, id }: DocumentPlace): Promise<KeyId> {
    const label = documentLabel(id);
    const keyId = (await this.vault.keysFor(tenantId, subjectId, [label])).get(label);
    if (keyId === undefined) throw new Error('no key was made for a document');
    return keyId;
  }

  /** Removes the key of a document that did not come to be. */
  dropKey(tenantId: TenantId, { subjectId, id }: Pick<DocumentPlace, 'subjectId' | 'id'>): Promise<void> {
    return this.vault.dropKey(tenantId, subjectId, documentLabel(id));
  }

  /**
   * Seals the bytes as they come and puts them into the object store. Nothing is seen there unless all came and they
   * are what was announced. While one chunk is put, the next is sealed, and the one after that is read. Throws `BODY_TOO_LARGE`, `BODY_INCOMPLETE`, `DIGEST_MISMATCH`, `DOCUMENT_EMPTY`,
   * `KEY_SHREDDED`, and what the bytes themselves end in.
   */
  async put(
    tenantId: TenantId,
    { place, keyId, body }: { place: DocumentPlace; keyId: KeyId; body: DocumentBody },
  ): Promise<SealedBytes> {
    const sealer = this.vault.sealer(tenantId, { keyId, binding: bindingOf(place) });
    const meter = new Meter(body);
    async function* sealed(): AsyncIterable<Uint8Array> {
      const expectedBytes = body.sizeBytes === null ? {} : { expectedBytes: body.sizeBytes };
      const chunks = inChunks(body.bytes, { chunkBytes: CHUNK_BYTES, ...expectedBytes });
      // The buffer of the last chunk is erased as soon as more is asked for.
      for await (const { bytes, isLast } of oneAhead(chunks, (chunk) => chunk.isLast)) {
        meter.add(bytes);
        if (isLast) meter.end();
        yield await sealer.seal(bytes, isLast);
      }
    }
    await this.objects.put(objectNameOf(tenantId, place), oneAhead(sealed()));
    return {
      sizeBytes: meter.sizeBytes,
      chunkBytes: CHUNK_BYTES,
      noncePrefix: sealer.noncePrefix,
      sha256: meter.end(),
    };
  }

  /**
   * Yields a part of the document, opening only the chunks it is in. Throws `SEAL_BROKEN` and `OBJECT_MISSING` when
   * it is not what was put, `KEY_SHREDDED` from an erasure on.
   */
  async *read(
    tenantId: TenantId,
    document: StoredDocument,
    { start, end }: ByteRange,
  ): AsyncIterable<Uint8Array> {
    const { chunkBytes, sizeBytes, keyId, noncePrefix } = document;
    const opener = this.vault.opener(tenantId, { keyId, noncePrefix, binding: bindingOf(document) });
    const [first, last] = [Math.floor(start / chunkBytes), Math.floor(end / chunkBytes)];
    const final = Math.floor((sizeBytes - 1) / chunkBytes);
    const sealedBytes = chunkBytes + CHUNK_OVERHEAD_BYTES;
    const stored = sizeBytes + (final + 1) * CHUNK_OVERHEAD_BYTES;
    const bytes = this.objects.get(objectNameOf(tenantId, document), {
      start: first * sealedBytes,
      end: Math.min((last + 1) * sealedBytes, stored) - 1,
    });
    let index = first;
    for await (const { bytes: sealed } of inChunks(bytes, { chunkBytes: sealedBytes })) {
      const opened = await opener.open({ index, isLast: index === final, sealed });
      yield opened.subarray(Math.max(start - index * chunkBytes, 0), end - index * chunkBytes + 1);
      index += 1;
    }
    if (index <= last) throw new DomainError('SEAL_BROKEN', 'A part of the document is missing.');
  }

  /**
   * Seals the digest of the content with a salt, under the document's key. Returns with it the base64 of
   * SHA-256(domain + salt + digest) for the log: a guess of the content cannot be confirmed from that. Throws
   * `KEY_SHREDDED` when an erasure ended meanwhile.
   */
  async sealDigest(
    tenantId: TenantId,
    { place, keyId, sha256 }: { place: DocumentPlace; keyId: KeyId; sha256: Uint8Array },
  ): Promise<{ sealedDigest: Uint8Array<ArrayBuffer>; commitment: string }> {
    const salt = randomBytes(SALT_BYTES);
    const plaintext = Buffer.concat([salt, sha256]);
    const [sealed = new Uint8Array()] = await this.vault.seal(tenantId, [
      { keyId, binding: digestBinding(place), plaintext },
    ]);
    const commitment = createHash('sha256').update(COMMITMENT).update(plaintext).digest('base64');
    return { sealedDigest: Uint8Array.from(sealed), commitment };
  }

  /** Opens the digest of the content. Throws `KEY_SHREDDED`, `SEAL_BROKEN`. */
  async digestOf(tenantId: TenantId, document: StoredDocument): Promise<Uint8Array> {
    const [opened = new Uint8Array()] = await this.vault.open(tenantId, [
      { keyId: document.keyId, binding: digestBinding(document), sealed: document.sealedDigest },
    ]);
    return opened.subarray(SALT_BYTES);
  }
}

/** Counts and hashes what comes, and holds it to what was announced. */
class Meter {
  sizeBytes = 0;
  private readonly hash: Hash = createHash('sha256');
  private digest: Buffer | undefined;

  constructor(private readonly announced: Pick<DocumentBody, 'sizeBytes' | 'sha256'>) {}

  add(bytes: Uint8Array): void {
    this.sizeBytes += bytes.length;
    if (this.sizeBytes > MOST_DOCUMENT_BYTES) {
      throw new DomainError('BODY_TOO_LARGE', 'A document has at most 5 GiB.');
    }
    this.hash.update(bytes);
  }

  /** The digest of all. Throws unless it is a document, and the one that was announced. */
  end(): Uint8Array {
    if (this.digest !== undefined) return this.digest;
    const { sizeBytes, sha256 } = this.announced;
    if (sizeBytes !== null && sizeBytes !== this.sizeBytes) {
      throw new DomainError('BODY_INCOMPLETE', 'The body is not as long as Content-Length says.');
    }
    if (this.sizeBytes === 0) {
      throw new DomainError('DOCUMENT_EMPTY', 'The body is empty, and an empty document is none.');
    }
    this.digest = this.hash.digest();
    if (sha256 !== null && !timingSafeEqual(sha256, this.digest)) {
      throw new DomainError('DIGEST_MISMATCH', 'The body is not what Content-Digest says.');
    }
    return this.digest;
  }
}
