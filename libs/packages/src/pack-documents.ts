import { type Audience, withholdingOf } from '@personr/law';
import { type SealedDocuments } from '@personr/subjects';
import { type ForbiddenValue } from '@personr/redaction';
import { readHeld } from './broken-document.js';
import { type Gate } from './gate.js';
import { type FileList } from './manifest.js';
import { type HeldDocument, type PackageOrder, type PackedDocument, type Withheld } from './package.js';
import { type RedactedDocument, type Redactor } from './redactor.js';
import { type Entry } from './zip.js';

/** How a file of a media type is named. Others are named `.bin`; the type stands in the list. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'application/pdf': 'pdf',
  'application/json': 'json',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
};

/** Where a document lies in a package. */
export const pathOf = ({ id }: Pick<HeldDocument, 'id'>, mediaType: string): string =>
  `documents/${id}.${ENDINGS[mediaType.split(';')[0]?.trim().toLowerCase() ?? ''] ?? 'bin'}`;

/** What documents are packed with. */
export type PackingDocuments = {
  readonly order: PackageOrder;
  readonly documents: SealedDocuments;
  readonly redactor: Redactor;
  readonly forbidden: readonly ForbiddenValue[];
  readonly gate: Gate;
  readonly files: FileList;
};

/** Puts documents into a package, one after the other, each as its audience may have it. */
export class PackDocuments {
  readonly packed: PackedDocument[] = [];
  readonly withheld: Omit<Withheld, 'count'>[] = [];

  constructor(private readonly parts: PackingDocuments) {}

  /** The documents as files of the package. Throws what reading one throws: then nothing of the package is released. */
  async *entries(held: readonly HeldDocument[]): AsyncIterable<Entry> {
    const { files, gate, order } = this.parts;
    for (const document of held) {
      const fit = await this.fitFor(document, order.answer.audience);
      if (fit === null) continue;
      const path = pathOf(document, fit.mediaType);
      const { sizeBytes } = document;
      const bytes = gate.document({ name: path, mediaType: fit.mediaType }, fit.bytes);
      yield files.listed({ path, bytes, isPacked: true, sizeBytes });
      this.note(document, { path, mediaType: fit.mediaType });
    }
  }

  /** The document as the audience may have it, or null. */
  private async fitFor(document: HeldDocument, audience: Audience): Promise<RedactedDocument | null> {
    const { redactor, forbidden } = this.parts;
    const { element, mediaType, sizeBytes } = document;
    const bytes = () => this.bytesOf(document);
    if (audience === 'BUSINESS') return { mediaType, bytes: bytes() };
    const why = withholdingOf(element, audience);
    // A picture may show what is never disclosed, and something beside it: whoever masks it decides.
    const mayBeMasked = why === null || why === 'NOT_MASKED' || why === 'NEVER_DISCLOSED';
    const redacted = mayBeMasked
      ? await redactor.redact({ element, mediaType, sizeBytes, forbidden, bytes })
      : null;
    if (redacted === null) this.withheld.push({ element, why: why ?? 'NOT_MASKED' });
    return redacted;
  }

  private bytesOf(document: HeldDocument): AsyncIterable<Uint8Array> {
    const { documents, order } = this.parts;
    return readHeld(documents, { tenantId: order.tenantId, document });
  }

  private note(
    { element, source, purpose, collectedAt }: HeldDocument,
    { path, mediaType }: { path: string; mediaType: string },
  ): void {
    const { sizeBytes, sha256 } = this.parts.files.of(path);
    this.packed.push({
      element,
      source,
      purpose,
      collectedAt: collectedAt.toISOString(),
      path,
      mediaType,
      sizeBytes,
      sha256,
    });
  }
}
