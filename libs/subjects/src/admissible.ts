import { assertWritable } from '@personr/law';
import { type TermsInForce } from '@personr/terms';
import { type NewRecord } from './subject.js';

/**
 * Refuses values that the terms do not let in, before anything is claimed, sealed or written. Throws
 * `CATEGORY_NOT_IN_NOTICE`, `PURPOSE_NOT_IN_NOTICE`.
 */
export function assertAdmissible({ notice }: TermsInForce, records: readonly NewRecord[]): void {
  for (const record of records) assertWritable(notice, record);
}
