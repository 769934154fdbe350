import { type KeyId, newId, newSubjectRef, type SubjectId, type TenantId } from '@personr/kernel';
import { type Rooms } from './rooms.js';

const BATCH = 1000;
const AT_ONCE = 2;
const LABEL = 'FULL_NAME';

/** Somebody in the crowd, and every key there is of theirs. */
export type OneOfMany = { readonly subjectId: SubjectId; readonly keyIds: readonly KeyId[] };

/**
 * Builds a crowd straight in both databases: keys, an index entry and one sealed value each by the product's own
 * `Vault.admitAll`, a thousand a transaction, and the rows of subject and record by two statements. What is left out beside
 * an intake over HTTP: requests, idempotency, log entries, and nineteen of twenty values.
 */
export class Crowd {
  private size = 0;

  constructor(
    private readonly rooms: Rooms,
    private readonly tenantId: TenantId,
    private readonly say: (line: string) => void,
  ) {}

  /** How many were ever taken in. */
  get taken(): number {
    return this.size;
  }

  /** Takes people in until there were so many. */
  async growTo(size: number): Promise<void> {
    const startedAt = performance.now();
    while (this.size < size) {
      const batches = Math.min(AT_ONCE, Math.ceil((size - this.size) / BATCH));
      await Promise.all(Array.from({ length: batches }, () => this.take(Math.min(BATCH, size - this.size))));
      if (this.size % 50_000 < AT_ONCE * BATCH) {
        const perSecond = this.size / ((performance.now() - startedAt) / 1000);
        this.say(`crowd: ${String(this.size)} of ${String(size)}, ${perSecond.toFixed(0)} a second`);
      }
    }
  }

  /** Takes in so many more, with their rows, and says who they are. */
  async take(count: number): Promise<OneOfMany[]> {
    const names = Array.from({ length: count }, (_, at) => `crowd-${String(this.size + at)}`);
    this.size += count;
    const admitted = await this.rooms.vault.admitAll(
      this.tenantId,
      names.map((value) => ({
        candidate: newId<'subject'>(new Date()),
        identities: [{ type: 'EXTERNAL_ID', value } as const],
        labels: [LABEL],
        seal: () => [{ label: LABEL, binding: [value], plaintext: Buffer.from(`"${value}"`) }],
      })),
    );
    await this.write(
      admitted.map(({ subjectId, sealed: [value] }) => {
        if (value === undefined) throw new Error('nothing was sealed');
        return { subjectId, ...value };
      }),
    );
    return admitted.map(({ subjectId, keys }) => ({ subjectId, keyIds: [...keys.values()] }));
  }

  private async write(
    rows: readonly { subjectId: SubjectId; keyId: KeyId; sealed: Uint8Array }[],
  ): Promise<void> {
    const at = new Date().toISOString();
    const ids = rows.map(({ subjectId }) => subjectId);
    await this.rooms.tenancy.forTenant(this.tenantId, async (tx) => {
      await tx.bulk`
        insert into subject (tenant_id, id, subject_ref, role, created_at)
        select ${tx.tenantId}::uuid, new.id, new.ref, 'SERVICE_PROVIDER', ${at}::timestamptz
          from unnest(${ids}::uuid[], ${ids.map(() => newSubjectRef())}::text[]) as new (id, ref)`;
      await tx.bulk`
        insert into record (tenant_id, id, subject_id, element, source, purpose, collected_at, created_at, key_id, sealed)
        select ${tx.tenantId}::uuid, new.id, new.subject_id, ${LABEL}, 'CONSUMER_DIRECT', 'IDENTITY_VERIFICATION',
               ${at}::timestamptz, ${at}::timestamptz, new.key_id, new.sealed
          from unnest(${ids.map(() => newId<'record'>(new Date()))}::uuid[], ${ids}::uuid[],
                      ${rows.map(({ keyId }) => keyId)}::uuid[], ${rows.map(({ sealed }) => sealed)}::bytea[])
            as new (id, subject_id, key_id, sealed)`;
    });
  }
}
