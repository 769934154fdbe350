import { createHash } from 'node:crypto';
import { canonicalJson, type SubjectId } from '@personr/kernel';
import { type NoteSigner, signNote } from '@personr/proof';
import { listDocumentsOf } from '@personr/stores';
import { type SealedDocuments } from '@personr/subjects';
import { readHeld } from './broken-document.js';
import { OPEN_GATE } from './gate.js';
import { FileList } from './manifest.js';
import { pathOf } from './pack-documents.js';
import { type HeldDocument, type PackedDocument } from './package.js';
import { PART_FORMAT, type PartCounts, type PartsOrder } from './part.js';
import { type LineParts, PartLines } from './part-lines.js';
import { type PartSubject, restrictedOfAll } from './part.repository.js';
import { type Entry } from './zip.js';

const AT_ONCE = 100;

/** What a part is packed from. */
export type PartPacking = LineParts & {
  readonly order: PartsOrder;
  readonly part: number;
  readonly subjects: readonly PartSubject[];
  readonly documents: SealedDocuments;
  readonly origin: string;
  readonly signer: NoteSigner;
};

/** Makes the files of a part: documents first, then a line for each subject that says which are whose. */
export class PackPart {
  private readonly files: FileList;
  private readonly lines: PartLines;
  private readonly packed = new Map<SubjectId, PackedDocument[]>();
  private withheld = 0;
  private manifest: { sha256: string; counts: PartCounts } | null = null;

  constructor(private readonly packing: PartPacking) {
    this.files = new FileList(packing.order.salt);
    this.lines = new PartLines(packing, packing.order.tenantId);
  }

  /** Every file. Throws what reading throws: `BrokenDocument`, `KEY_SHREDDED`, `SEAL_BROKEN`. */
  async *entries(): AsyncIterable<Entry> {
    const { subjects, origin, order, signer } = this.packing;
    for (let at = 0; at < subjects.length; at += AT_ONCE)
      yield* this.documents(subjects.slice(at, at + AT_ONCE));
    yield this.files.listed(this.text('subjects.ndjson', this.lines.of(subjects, this.packed)));
    yield this.files.listed(this.text('README.txt', [readmeOf(origin, order)]));
    const counts = this.counts();
    const manifest = this.manifestOf(counts);
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    yield this.text('manifest.json', [manifest]);
    const note = `${PART_FORMAT}\n${origin}\n${order.instructionId}\n${sha256}\n`;
    yield this.text('manifest.sig', [signNote(note, [signer])]);
    this.manifest = { sha256, counts };
  }

  /** What the part came to, once every file has been taken. */
  done(): { readonly manifestSha256: string; readonly counts: PartCounts } {
    if (this.manifest === null) throw new Error('the part is not whole');
    return { manifestSha256: this.manifest.sha256, counts: this.manifest.counts };
  }

  private text(path: string, texts: AsyncIterable<string> | Iterable<string>): Entry {
    return { path, bytes: OPEN_GATE.texts(path, texts) };
  }

  private async *documents(subjects: readonly PartSubject[]): AsyncIterable<Entry> {
    const { tenancy, order, documents } = this.packing;
    const ids = subjects.map(({ id }) => id);
    const { held, restricted } = await tenancy.forTenant(order.tenantId, async (tx) => ({
      held: await listDocumentsOf(tx, ids),
      restricted: await restrictedOfAll(tx, ids),
    }));
    for (const document of held) {
      const kept = restricted.get(document.subjectId);
      if (kept?.has('ALL') === true || kept?.has(document.element) === true) {
        this.withheld += 1;
        continue;
      }
      const path = pathOf(document, document.mediaType);
      const bytes = readHeld(documents, { tenantId: order.tenantId, document });
      yield this.files.listed({ path, bytes, isPacked: true, sizeBytes: document.sizeBytes });
      this.note(document, path);
    }
  }

  private note(
    { subjectId, element, source, purpose, collectedAt, mediaType }: HeldDocument,
    path: string,
  ): void {
    const { sizeBytes, sha256 } = this.files.of(path);
    const list = this.packed.get(subjectId) ?? [];
    this.packed.set(subjectId, list);
    const collected = { collectedAt: collectedAt.toISOString() };
    list.push({ element, source, purpose, ...collected, path, mediaType, sizeBytes, sha256 });
  }

  private counts(): PartCounts {
    const { subjects, records, consents, withheld } = this.lines.counts;
    const documents = [...this.packed.values()].reduce((sum, list) => sum + list.length, 0);
    return { subjects, records, documents, consents, withheld: withheld + this.withheld };
  }

  private manifestOf(counts: PartCounts): string {
    const { order, part, origin, subjects } = this.packing;
    return `${canonicalJson({
      format: PART_FORMAT,
      origin,
      tenantId: order.tenantId,
      instructionId: order.instructionId,
      type: 'RETURN',
      audience: 'BUSINESS',
      takenAt: order.takenAt.toISOString(),
      policyVersion: order.policyVersion,
      part,
      firstSubjectId: subjects[0]?.id ?? null,
      lastSubjectId: subjects.at(-1)?.id ?? null,
      counts,
      salt: Buffer.from(order.salt).toString('hex'),
      files: this.files.all(),
    })}\n`;
  }
}

const readmeOf = (origin: string, { instructionId }: PartsOrder): string => `What is in this part

subjects.ndjson   One subject a line, as JSON in UTF-8: what is held about it, its consents, and which documents are its own.
documents/        Documents in their own formats.
manifest.json     Every file but itself and its signature: size, SHA-256, and SHA-256 of the salt and the file.
manifest.sig      The manifest's SHA-256, signed by the key of the log ${origin}
                  as a signed note (C2SP).

Instruction       ${instructionId}
For               the Business; complete, never to be passed on to a consumer as it is

The package that lists all parts names the SHA-256 of this zip and of its manifest. Its own manifest is what is acknowledged.
`;
