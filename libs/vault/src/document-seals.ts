import { randomBytes } from 'node:crypto';
import { type TenantId } from '@personr/kernel';
import { lengthPrefixed } from './aead.js';
import { CHUNK_OVERHEAD_BYTES, type ChunkPlace, openChunk, PREFIX_BYTES, sealChunk } from './chunk-seal.js';
import { type KeyStore } from './key-store.js';
import { withDataKeys } from './use-keys.js';
import { type DocumentKey, DocumentOpener, DocumentSealer, type SealedChunk } from './vault.documents.js';

const DOMAIN = 'document-chunk/1';
const MOST_CHUNKS = 2 ** 32;

/** What every chunk is bound to. */
const contextOf = (tenantId: TenantId, { keyId, binding }: DocumentKey): Buffer =>
  lengthPrefixed([DOMAIN, tenantId, keyId, ...binding]);

const withDataKey = <T>(
  store: KeyStore,
  tenantId: TenantId,
  { keyId }: Pick<DocumentKey, 'keyId'>,
  work: (key: Uint8Array) => T,
): Promise<T> =>
  withDataKeys(store, { tenantId, keyIds: [keyId] }, (keys) => work(keys.get(keyId) ?? new Uint8Array(0)));

/** Keeps the promise of `DocumentSealer`. */
export class KeyStoreSealer extends DocumentSealer {
  readonly noncePrefix = Uint8Array.from(randomBytes(PREFIX_BYTES));
  private readonly context: Uint8Array;
  private next = 0;
  /** Written to in turn, the first one next. */
  private targets = [new Uint8Array(0), new Uint8Array(0)] as const;
  private hasEnded = false;

  constructor(
    private readonly store: KeyStore,
    private readonly tenantId: TenantId,
    private readonly key: DocumentKey,
  ) {
    super();
    this.context = contextOf(tenantId, key);
  }

  async seal(plaintext: Uint8Array, isLast: boolean): Promise<Uint8Array> {
    if (this.hasEnded || this.next === MOST_CHUNKS) throw new Error('the document has ended');
    const place = { prefix: this.noncePrefix, context: this.context, index: this.next, isLast };
    // Counted before it is used, so that no failure makes a nonce come twice.
    this.next += 1;
    this.hasEnded = isLast;
    const target = this.turn(plaintext.length + CHUNK_OVERHEAD_BYTES);
    return withDataKey(this.store, this.tenantId, this.key, (key) =>
      sealChunk(key, place, { plaintext, target }),
    );
  }

  /** The target whose turn it is, with room for so many bytes. */
  private turn(needed: number): Uint8Array {
    const [target, other] = this.targets;
    const next = target.length < needed ? new Uint8Array(needed) : target;
    this.targets = [other, next];
    return next;
  }
}

/** Keeps the promise of `DocumentOpener`. */
export class KeyStoreOpener extends DocumentOpener {
  private readonly place: Omit<ChunkPlace, 'index' | 'isLast'>;

  constructor(
    private readonly store: KeyStore,
    private readonly tenantId: TenantId,
    private readonly key: DocumentKey & { readonly noncePrefix: Uint8Array },
  ) {
    super();
    this.place = { prefix: key.noncePrefix, context: contextOf(tenantId, key) };
  }

  open({ sealed, ...where }: SealedChunk): Promise<Uint8Array> {
    return withDataKey(this.store, this.tenantId, this.key, (key) =>
      openChunk(key, { ...this.place, ...where }, sealed),
    );
  }
}
