import { type Json, type TenantId } from '@personr/kernel';
import { isForbidden } from '@personr/law';
import { forbiddenValuesIn, forbiddenValuesOf, type ForbiddenValue } from '@personr/redaction';
import { type SealedDocuments } from '@personr/subjects';
import { readHeld } from './broken-document.js';
import { ForbiddenValues } from './forbidden.js';
import { type Contents } from './list-contents.js';
import { type Opening, openValues } from './open-values.js';
import { type HeldDocument } from './package.js';

/** So much of a document is looked into for templates and numbers of certificates. */
const HEAD_BYTES = 1024 * 1024;

/** What the values are read with. */
export type Reading = Opening & { readonly documents: SealedDocuments };

/** Every value that is held and that Reg. 7024(d) forbids to give: of records and of documents, of any age and scope. */
export async function knownForbidden(
  reading: Reading,
  tenantId: TenantId,
  { forbidden }: Contents,
): Promise<ForbiddenValues> {
  const values: Json[] = [];
  const known: ForbiddenValue[] = [];
  for await (const { element, value } of openValues(reading, tenantId, forbidden.records)) {
    if (isForbidden(element)) values.push(value);
    known.push(...forbiddenValuesOf(element, value));
  }
  for (const document of forbidden.documents)
    known.push(...forbiddenValuesIn(document.element, await headOf(reading, tenantId, document)));
  return new ForbiddenValues(values, known);
}

async function headOf({ documents }: Reading, tenantId: TenantId, document: HeldDocument): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const end = Math.min(document.sizeBytes, HEAD_BYTES) - 1;
  for await (const piece of readHeld(documents, { tenantId, document }, { start: 0, end }))
    pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
