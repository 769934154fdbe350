import { DomainError, type RecordId, type TenantId } from '@personr/kernel';
import { findRecords } from '@personr/stores';
import { type OpenedRecord, type SealedRecords } from '@personr/subjects';
import { type Tenancy } from '@personr/tenancy';

const AT_ONCE = 100;

/** What values are opened with. */
export type Opening = { readonly tenancy: Tenancy; readonly records: SealedRecords };

/** A page of these values at a time, in the order of their ids. Throws `SUBJECT_BEING_ERASED` when one has gone. */
export async function* openValues(
  { tenancy, records }: Opening,
  tenantId: TenantId,
  ids: readonly RecordId[],
): AsyncIterable<OpenedRecord> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const page = ids.slice(at, at + AT_ONCE);
    const found = await tenancy.forTenant(tenantId, (tx) => findRecords(tx, page));
    if (found.length < page.length)
      throw new DomainError('SUBJECT_BEING_ERASED', 'Something of the subject has been erased meanwhile.');
    yield* await records.openAll(tenantId, found);
  }
}
