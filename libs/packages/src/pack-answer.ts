import { type NoteSigner } from '@personr/proof';
import { type OpenedRecord } from '@personr/subjects';
import { csvPath, dataCsv } from './data-csv.js';
import { dataJson } from './data-json.js';
import { DATA_SCHEMA } from './data-schema.js';
import { type Gate, type Texts } from './gate.js';
import { categoriesOf, type Contents, counted, derivedOf, type Piece } from './list-contents.js';
import { type Counts, type FileList, manifestOf, signManifest } from './manifest.js';
import { type PackDocuments } from './pack-documents.js';
import { type Answer, type PackageOrder, type PackedRecord, type Withheld } from './package.js';
import { page } from './page.js';
import { SPANISH } from './page-words.es.js';
import { ENGLISH } from './page-words.js';
import { readme } from './readme.js';
import { type Entry } from './zip.js';

/** So many values are kept in memory between two files that list them; more are opened anew. */
const KEPT = 200;

/** What an answer is packed from. */
export type Packing = {
  readonly order: PackageOrder;
  readonly contents: Contents;
  readonly given: readonly Piece[];
  readonly withheld: readonly Omit<Withheld, 'count'>[];
  readonly gate: Gate;
  readonly files: FileList;
  readonly salt: Uint8Array;
  readonly signer: NoteSigner;
  readonly documents: PackDocuments;
  readonly open: () => AsyncIterable<OpenedRecord>;
};

/** Makes the files of a package, in an order in which each knows of those before it. */
export class PackAnswer {
  private kept: readonly PackedRecord[] | null = null;
  private manifest: { sha256: string; counts: Counts } | null = null;

  constructor(private readonly packing: Packing) {}

  /** Every file, through the gate. Ends in an error, so that the package is never whole, unless the gate lets all of it go. */
  async *entries(): AsyncIterable<Entry> {
    const { contents, documents, order, files } = this.packing;
    if (order.answer.content === 'SPECIFIC_PIECES') yield* documents.entries(contents.documents);
    const answer = this.answer();
    for (const entry of this.texts(answer)) yield files.listed(entry);
    const counts = this.counts(answer);
    const { text, sha256 } = manifestOf(answer, { salt: this.packing.salt, files: files.all(), counts });
    yield this.text('manifest.json', [text]);
    yield this.text('manifest.sig', [signManifest(answer, { sha256, signer: this.packing.signer })]);
    await this.packing.gate.end();
    this.manifest = { sha256, counts };
  }

  /** What the package came to, once every file has been taken. */
  done(): { readonly manifestSha256: string; readonly counts: Counts } {
    if (this.manifest === null) throw new Error('the package is not whole');
    return { manifestSha256: this.manifest.sha256, counts: this.manifest.counts };
  }

  private *texts(answer: Answer): Iterable<Entry> {
    const values = () => this.values();
    yield this.text('data.json', dataJson(answer, values));
    yield this.text('data.schema.json', [`${JSON.stringify(DATA_SCHEMA, null, 1)}\n`]);
    for (const { category } of this.packing.given.length === 0 ? [] : categoriesOf(this.packing.given))
      yield this.text(csvPath(category), dataCsv(category, values));
    yield this.text('index.html', page(answer, values, ENGLISH));
    yield this.text('index.es.html', page(answer, values, SPANISH));
    yield this.text('README.txt', [readme(answer)]);
  }

  private text(path: string, texts: Texts): Entry {
    return { path, bytes: this.packing.gate.texts(path, texts) };
  }

  private answer(): Answer {
    const { order, contents, documents } = this.packing;
    const held = [...contents.pieces, ...contents.documents];
    return {
      order,
      origin: contents.origin,
      categories: categoriesOf(held),
      derived: derivedOf(held),
      withheld: counted([...this.packing.withheld, ...documents.withheld]),
      documents: documents.packed,
      consents: order.answer.content === 'CATEGORIES' ? [] : contents.consents,
      disclosures: [],
    };
  }

  private counts({ withheld, documents, consents }: Answer): Counts {
    return {
      records: this.packing.given.length,
      documents: documents.length,
      consents: consents.length,
      withheld: withheld.reduce((sum, { count }) => sum + count, 0),
    };
  }

  /** The values, oldest first, opened once where they are few. */
  private async *values(): AsyncIterable<PackedRecord> {
    if (this.kept !== null) return yield* this.kept;
    const kept: PackedRecord[] = [];
    for await (const { element, value, source, purpose, collectedAt } of this.packing.open()) {
      const record = { element, value, source, purpose, collectedAt: collectedAt.toISOString() };
      if (kept.length <= KEPT) kept.push(record);
      yield record;
    }
    if (kept.length <= KEPT) this.kept = kept;
  }
}
