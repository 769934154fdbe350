import { type KeyId } from '@personr/kernel';

/** How much longer a chunk of a document is when it is sealed. */
export { CHUNK_OVERHEAD_BYTES } from './chunk-seal.js';

/**
 * The key of one document and what the document is bound to besides tenant and key. Such a key seals one document
 * and is never used for a second.
 */
export type DocumentKey = { readonly keyId: KeyId; readonly binding: readonly string[] };

/** A sealed chunk and where it belongs: counted from 0, and whether the document ends with it. */
export type SealedChunk = {
  readonly index: number;
  readonly isLast: boolean;
  readonly sealed: Uint8Array;
};

/**
 * Seals one document, chunk by chunk, in order. It holds no key between two chunks: each is sealed under the tenant's
 * lock, so the first chunk after a shredding is refused.
 */
export abstract class DocumentSealer {
  /** Belongs to the document and is needed to open it. */
  abstract readonly noncePrefix: Uint8Array<ArrayBuffer>;

  /**
   * Seals the next chunk. What it returns stays as it is during the next call, and is overwritten by the one after
   * that. Throws `KEY_SHREDDED` when the key exists no more, and what every method of the vault throws.
   */
  abstract seal(plaintext: Uint8Array, isLast: boolean): Promise<Uint8Array>;
}

/** Opens chunks of one document, in any order. */
export abstract class DocumentOpener {
  /**
   * Opens a chunk. Throws `SEAL_BROKEN` when it is not what was sealed for this tenant, key, binding and place,
   * `KEY_SHREDDED` when the key exists no more, and what every method of the vault throws.
   */
  abstract open(chunk: SealedChunk): Promise<Uint8Array>;
}
