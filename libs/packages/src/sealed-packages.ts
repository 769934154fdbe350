import { Injectable } from '@nestjs/common';
import { DomainError, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { type ByteRange, objectNameOf, ObjectStore, packageLabel, type PackageId } from '@personr/stores';
import { inChunks, oneAhead } from '@personr/subjects';
import { CHUNK_OVERHEAD_BYTES, Vault } from '@personr/vault';
import { type StoredPackage } from './package.js';

// As documents: tools/decisions/2026-11-25-documents.md.
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Which package, of whom. */
export type PackagePlace = { readonly id: PackageId; readonly subjectId: SubjectId };

/** What a package's bytes came to, once all of them rest. */
export type SealedPackage = Pick<StoredPackage, 'sizeBytes' | 'chunkBytes' | 'noncePrefix'>;

const bindingOf = ({ subjectId, id }: PackagePlace): string[] => ['package', subjectId, id];
const nameOf = (tenantId: TenantId, { subjectId, id }: PackagePlace): string =>
  objectNameOf(tenantId, { subjectId, id: id as never });

/** Seals packages on their way into the object store and opens them on their way out. Nothing of one rests in the clear. */
@Injectable()
export class SealedPackages {
  constructor(
    private readonly vault: Vault,
    private readonly objects: ObjectStore,
  ) {}

  /** A key for this package and no other, among its subject's. */
  async keyFor(tenantId: TenantId, { subjectId, id }: PackagePlace): Promise<KeyId> {
    const label = packageLabel(id);
    const keyId = (await this.vault.keysFor(tenantId, subjectId, [label])).get(label);
    if (keyId === undefined) throw new Error('no key was made for a package');
    return keyId;
  }

  /** Puts the bytes, sealed chunk by chunk as they come. Seen whole or not at all. Throws `KEY_SHREDDED` and what they end in. */
  async put(
    tenantId: TenantId,
    { place, keyId, bytes }: { place: PackagePlace; keyId: KeyId; bytes: AsyncIterable<Uint8Array> },
  ): Promise<SealedPackage> {
    const sealer = this.vault.sealer(tenantId, { keyId, binding: bindingOf(place) });
    let sizeBytes = 0;
    async function* sealed(): AsyncIterable<Uint8Array> {
      const chunks = inChunks(bytes, { chunkBytes: CHUNK_BYTES });
      for await (const { bytes: chunk, isLast } of oneAhead(chunks, ({ isLast }) => isLast)) {
        sizeBytes += chunk.length;
        yield await sealer.seal(chunk, isLast);
      }
    }
    await this.objects.put(nameOf(tenantId, place), oneAhead(sealed()));
    return { sizeBytes, chunkBytes: CHUNK_BYTES, noncePrefix: sealer.noncePrefix };
  }

  /** Yields a part of the package. Throws `SEAL_BROKEN`, `OBJECT_MISSING`, `KEY_SHREDDED` from an erasure on. */
  async *read(
    tenantId: TenantId,
    stored: StoredPackage & { readonly keyId: string },
    { start, end }: ByteRange,
  ): AsyncIterable<Uint8Array> {
    const { chunkBytes, sizeBytes, noncePrefix, keyId } = stored;
    const opener = this.vault.opener(tenantId, {
      keyId: keyId as KeyId,
      noncePrefix,
      binding: bindingOf(stored),
    });
    const [first, last] = [Math.floor(start / chunkBytes), Math.floor(end / chunkBytes)];
    const final = Math.floor((sizeBytes - 1) / chunkBytes);
    const sealedBytes = chunkBytes + CHUNK_OVERHEAD_BYTES;
    const all = sizeBytes + (final + 1) * CHUNK_OVERHEAD_BYTES;
    const bytes = this.objects.get(nameOf(tenantId, stored), {
      start: first * sealedBytes,
      end: Math.min((last + 1) * sealedBytes, all) - 1,
    });
    let index = first;
    for await (const { bytes: sealed } of inChunks(bytes, { chunkBytes: sealedBytes })) {
      const opened = await opener.open({ index, isLast: index === final, sealed });
      yield opened.subarray(Math.max(start - index * chunkBytes, 0), end - index * chunkBytes + 1);
      index += 1;
    }
    if (index <= last) throw new DomainError('SEAL_BROKEN', 'A part of the package is missing.');
  }

  /** Removes the bytes, then their key. Safe to call again. */
  async remove(tenantId: TenantId, place: PackagePlace): Promise<void> {
    const name = nameOf(tenantId, place);
    await this.objects.remove({ prefix: name, suspects: [name] });
    await this.vault.dropKey(tenantId, place.subjectId, packageLabel(place.id));
  }
}
