import { Injectable } from '@nestjs/common';
import {
  canonicalJson,
  Clock,
  type Json,
  type KeyId,
  newId,
  type SubjectId,
  type TenantId,
} from '@personr/kernel';
import { ELEMENTS, type ElementCode } from '@personr/law';
import { type SealedRecord, Stores } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { type Admitted, type Identity, Vault } from '@personr/vault';
import { type NewRecord, type OpenedRecord, type TakenRecord } from './subject.js';

/** What a ciphertext is bound to besides tenant and key: moved to another place, it does not open. */
const bindingOf = (record: Pick<SealedRecord, 'id' | 'subjectId' | 'element'>): string[] => [
  'record',
  record.subjectId,
  record.element,
  record.id,
];

/** Seals values on their way into the stores and opens them on their way out. */
@Injectable()
export class SealedRecords {
  constructor(
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly clock: Clock,
  ) {}

  /** Finds or claims the person under these identities and makes keys for these elements: `Vault.admit`. */
  claim(
    tenantId: TenantId,
    claim: { identities: readonly Identity[]; elements: readonly ElementCode[] },
  ): Promise<Admitted> {
    const candidate = newId<'subject'>(this.clock.now());
    return this.vault.admit(tenantId, { candidate, identities: claim.identities, labels: claim.elements });
  }

  /** The subject's keys for the elements of these values, made where missing. */
  keysFor(
    tenantId: TenantId,
    subjectId: SubjectId,
    records: readonly NewRecord[],
  ): Promise<ReadonlyMap<string, KeyId>> {
    return this.vault.keysFor(tenantId, subjectId, [...new Set(records.map(({ element }) => element))]);
  }

  /**
   * Seals and writes the values under the subject's keys. The caller holds the subject's row, so no erasure
   * starts in between. Throws `KEY_SHREDDED` when one ended since the keys were looked up.
   */
  async take(
    tx: TenantTx,
    { subjectId, keys }: { subjectId: SubjectId; keys: ReadonlyMap<string, KeyId> },
    records: readonly NewRecord[],
  ): Promise<TakenRecord[]> {
    const createdAt = this.clock.now();
    const placed = records.map((record) => ({
      record,
      place: { id: newId<'record'>(createdAt), subjectId, element: record.element },
      keyId: keyFor(keys, record.element),
    }));
    const sealed = await this.vault.seal(
      tx.tenantId,
      placed.map(({ record, place, keyId }) => ({
        keyId,
        binding: bindingOf(place),
        plaintext: new TextEncoder().encode(canonicalJson(record.value)),
      })),
    );
    await this.stores.records.write(
      tx,
      placed.map(({ record, place, keyId }, position) => ({
        ...place,
        keyId,
        source: record.source,
        purpose: record.purpose,
        collectedAt: record.collectedAt,
        createdAt,
        sealed: Uint8Array.from(sealed[position] ?? []),
      })),
    );
    return placed.map(({ place }) => classified(place));
  }

  /** Opens the subject's values of these elements, or all of them, oldest first. */
  async open(
    tx: TenantTx,
    scope: { subjectId: SubjectId; elements?: readonly ElementCode[] },
  ): Promise<OpenedRecord[]> {
    const records: SealedRecord[] = [];
    for await (const record of this.stores.records.read(tx, scope)) records.push(record);
    const opened = await this.vault.open(
      tx.tenantId,
      records.map((record) => ({ keyId: record.keyId, binding: bindingOf(record), sealed: record.sealed })),
    );
    return records.map((record, position) => ({
      ...classified(record),
      value: JSON.parse(new TextDecoder().decode(opened[position])) as Json,
      source: record.source,
      purpose: record.purpose,
      collectedAt: record.collectedAt,
    }));
  }
}

const classified = ({ id, element }: Pick<SealedRecord, 'id' | 'element'>): TakenRecord => ({
  id,
  element,
  categories: ELEMENTS[element].categories,
});

function keyFor(keys: ReadonlyMap<string, KeyId>, element: ElementCode): KeyId {
  const keyId = keys.get(element);
  if (keyId === undefined) throw new Error(`no key was made for ${element}`);
  return keyId;
}
