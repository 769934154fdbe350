import { Injectable } from '@nestjs/common';
import { Clock, type Json, type KeyId, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { type ElementCode, type Role } from '@personr/law';
import { type Scope, type SealedRecord, Stores } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { type Admitted, Vault } from '@personr/vault';
import { type AdmissibleLine, type ClaimedLine } from './admission.js';
import {
  asRecord,
  asSealed,
  bindingOf,
  classified,
  identityPurposeOf,
  placeAll,
  type PlacedRecord,
  plaintextOf,
} from './place-records.js';
import { type NewRecord, type OpenedRecord, type TakenRecord } from './subject.js';

/** Seals values on their way into the stores and opens them on their way out. */
@Injectable()
export class SealedRecords {
  constructor(
    private readonly vault: Vault,
    private readonly stores: Stores,
    private readonly clock: Clock,
  ) {}

  /**
   * Finds or claims the person of each line, makes keys and seals what the line brings, a value for each identity
   * first: `Vault.admitAll`. Answers in order.
   */
  async claimAll(tenantId: TenantId, lines: readonly AdmissibleLine[]): Promise<ClaimedLine[]> {
    const at = this.clock.now();
    const claims = lines.map((line) => ({
      line,
      candidate: newId<'subject'>(at),
      placed: placeAll(valuesOf(line, at), { at, role: line.terms.role }),
    }));
    const admitted = await this.vault.admitAll(
      tenantId,
      claims.map(({ line: { identities, plaintexts }, candidate, placed }) => ({
        candidate,
        identities,
        labels: [...new Set(placed.map(({ record }) => record.element))],
        seal: (subjectId) =>
          placed.map((place, position) =>
            asSealing(place, subjectId, plaintexts[position] ?? plaintextOf(place.record)),
          ),
      })),
    );
    return claims.map(({ line, placed }, position) => asClaimed(line, placed, admitted[position]));
  }

  /** Writes values that `claimAll` sealed. The caller holds the subjects' rows. */
  write(tx: TenantTx, records: readonly SealedRecord[]): Promise<void> {
    return this.stores.records.write(tx, records);
  }

  /** Those of these values whose keys do not exist any more, so that nobody can open them: `Vault.gone`. */
  async withoutKey(tenantId: TenantId, records: readonly SealedRecord[]): Promise<SealedRecord[]> {
    const gone = new Set(await this.vault.gone(tenantId, [...new Set(records.map(({ keyId }) => keyId))]));
    return records.filter(({ keyId }) => gone.has(keyId));
  }

  /** Those of these values under whose keys nothing more may be kept: `Vault.closed`. */
  async underClosedKey(tenantId: TenantId, records: readonly SealedRecord[]): Promise<SealedRecord[]> {
    const keyIds = [...new Set(records.map(({ keyId }) => keyId))];
    const closed = new Set(await this.vault.closed(tenantId, keyIds));
    return records.filter(({ keyId }) => closed.has(keyId));
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
   * starts and no generation of keys begins in between; where one did since the keys were looked up, they are looked up again.
   */
  async take(
    tx: TenantTx,
    { subjectId, role, keys }: { subjectId: SubjectId; role: Role; keys: ReadonlyMap<string, KeyId> },
    records: readonly NewRecord[],
  ): Promise<TakenRecord[]> {
    const closed = await this.vault.closed(tx.tenantId, [...new Set(keys.values())]);
    const open = closed.length === 0 ? keys : await this.keysFor(tx.tenantId, subjectId, records);
    const placed = placeAll(records, { at: this.clock.now(), role }).map((place) => ({
      place,
      keyId: keyFor(open, place.record.element),
    }));
    const sealed = await this.vault.seal(
      tx.tenantId,
      placed.map(({ place, keyId }) => ({
        ...asSealing(place, subjectId, plaintextOf(place.record)),
        keyId,
      })),
    );
    await this.stores.records.write(
      tx,
      placed.map(({ place, keyId }, position) =>
        asSealed(place, subjectId, { keyId, sealed: sealed[position] ?? new Uint8Array(0) }),
      ),
    );
    return placed.map(({ place: { id, record } }) => classified({ id, element: record.element }));
  }

  /** The subject's values in scope, oldest first, as they rest. */
  async find(tx: TenantTx, scope: Scope): Promise<SealedRecord[]> {
    const records: SealedRecord[] = [];
    for await (const record of this.stores.records.read(tx, scope)) records.push(record);
    return records;
  }

  /** The values of these elements of several subjects, oldest first, as they rest. */
  findOf(
    tx: TenantTx,
    subjects: readonly SubjectId[],
    elements: readonly ElementCode[],
  ): Promise<SealedRecord[]> {
    return this.stores.records.readOf(tx, subjects, elements);
  }

  /** Opens the subject's values in scope, oldest first. */
  async open(tx: TenantTx, scope: Scope): Promise<OpenedRecord[]> {
    return this.openAll(tx.tenantId, await this.find(tx, scope));
  }

  /** Opens these values, in order, as the JSON that was sealed. Throws `KEY_SHREDDED`, `SEAL_BROKEN`. */
  async openTexts(
    tenantId: TenantId,
    records: readonly Pick<SealedRecord, 'id' | 'subjectId' | 'element' | 'keyId' | 'sealed'>[],
  ): Promise<string[]> {
    const opened = await this.vault.open(
      tenantId,
      records.map((record) => ({ keyId: record.keyId, binding: bindingOf(record), sealed: record.sealed })),
    );
    return opened.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  }

  /** Opens these values, in order. Throws `KEY_SHREDDED`, `SEAL_BROKEN`. */
  async openAll(tenantId: TenantId, records: readonly SealedRecord[]): Promise<OpenedRecord[]> {
    const opened = await this.vault.open(
      tenantId,
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

/** What a line brings: a value for each identity, then those sent as records. */
function valuesOf({ identities, subject, terms }: AdmissibleLine, at: Date): NewRecord[] {
  const purpose = identityPurposeOf(terms);
  return [...identities.map((identity) => asRecord(identity, { at, purpose })), ...subject.records];
}

const asSealing = (
  { id, record: { element } }: PlacedRecord,
  subjectId: SubjectId,
  plaintext: Uint8Array,
) => ({
  label: element,
  binding: bindingOf({ id, element, subjectId }),
  plaintext,
});

function asClaimed(
  line: AdmissibleLine,
  placed: readonly PlacedRecord[],
  admitted: Admitted | undefined,
): ClaimedLine {
  if (admitted === undefined) throw new Error('every line is admitted');
  const { subjectId, sealed } = admitted;
  const records = placed.flatMap((place, position) => {
    const under = sealed[position];
    return under === undefined ? [] : [asSealed(place, subjectId, under)];
  });
  return { ...line, subjectId, sealed: records };
}

function keyFor(keys: ReadonlyMap<string, KeyId>, element: ElementCode): KeyId {
  const keyId = keys.get(element);
  if (keyId === undefined) throw new Error(`no key was made for ${element}`);
  return keyId;
}
