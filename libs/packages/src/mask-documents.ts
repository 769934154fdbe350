import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Finding, type ForbiddenValue, type PackedFile, Redactor as Examiner } from '@personr/redaction';
import { type RedactableDocument, type RedactedDocument, Redactor } from './redactor.js';

/**
 * Has documents masked and searched by the room of redaction, one after the other. What its process dies of or hangs in
 * is tried once more, in a new process: what was an accident is not taken for a verdict.
 */
@Injectable()
export class MaskDocuments extends Redactor implements OnApplicationShutdown {
  constructor(private readonly examiner: Examiner) {
    super();
  }

  /** As the port says. Throws `SERVICE_UNAVAILABLE` when no process can be started, and what reading the document throws. */
  async redact(document: RedactableDocument): Promise<RedactedDocument | null> {
    const { element, forbidden, sizeBytes } = document;
    if (sizeBytes > this.examiner.mostBytes) return null;
    const mediaType = bare(document.mediaType);
    const examine = () => this.examiner.redact({ element, mediaType, forbidden }, document.bytes());
    let redaction = await examine();
    if (redaction.outcome === 'WITHHELD' && redaction.reason === 'TOO_MUCH_WORK') redaction = await examine();
    return redaction.outcome === 'WITHHELD' ? null : { mediaType, bytes: whole(redaction.bytes) };
  }

  /** As the port says. Throws `SERVICE_UNAVAILABLE` when no process can be started. */
  async search(file: PackedFile, forbidden: readonly ForbiddenValue[]): Promise<readonly Finding[]> {
    const findings = await this.examiner.search(file, forbidden);
    const wasSearched = findings.every(({ kind }) => kind !== 'UNSEARCHABLE');
    return wasSearched ? findings : this.examiner.search(file, forbidden);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.examiner.close();
  }
}

const bare = (mediaType: string): string => (mediaType.split(';')[0] ?? '').trim().toLowerCase();

async function* whole(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
