import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ForbiddenValue, type Redactor } from '@personr/redaction';
import { type Person, recordsOf, type Specimen } from '@personr/specimens';
import { tempDirectory } from '@personr/testkit';
import { anExport, idOf } from './bodies.js';
import { aboutDocument, DocumentWire } from './document-wire.js';
import { type House, type TestTenant } from './house.js';
import { barcodeTexts } from './redaction.spec-helper.js';

/** The files of a package by their paths. */
export type Files = ReadonlyMap<string, Buffer>;

/** What a package says for programs, as far as these specs look at it. */
export type Data = {
  readonly records: readonly { readonly element: string; readonly value: unknown }[];
  readonly withheld: readonly { readonly element: string; readonly why: string; readonly count: number }[];
  readonly documents: readonly { readonly path: string; readonly element: string }[];
};

/** Takes the files out with a tool that everybody has. */
export function unzipped(zip: Buffer): Files {
  const directory = tempDirectory('exported');
  const [file, out] = [join(directory, 'package.zip'), join(directory, 'out')];
  writeFileSync(file, zip);
  execFileSync('unzip', ['-q', file, '-d', out]);
  const found = readdirSync(out, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    found.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(out, path), readFileSync(path)];
    }),
  );
}

export const dataOf = (files: Files): Data => JSON.parse(files.get('data.json')!.toString()) as Data;

const TYPES: Readonly<Record<string, string>> = {
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
  png: 'image/png',
  pdf: 'application/pdf',
  wav: 'audio/wav',
  json: 'application/json',
  html: 'text/html',
  csv: 'text/csv',
  txt: 'text/plain',
  sig: 'text/plain',
};

/** Every spelling in which a value would be read out of bytes by whoever looks for it. */
const spellings = (value: string): Buffer[] =>
  [value, value.replace(/\W/g, ''), value.toLowerCase(), value.replace(/\W/g, ' ')].flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)),
  ]);

/** Names of files that hold one of the values, in any of their bytes or in their name. */
export const holders = (files: Files, values: readonly string[]): string[] =>
  [...files].flatMap(([path, bytes]) =>
    values.filter((value) => spellings(value).some((text) => bytes.includes(text) || path.includes(value)))
      .length > 0
      ? [path]
      : [],
  );

/** What an outside look finds in the files: barcodes, and by the detectors values in pictures, metadata and text. */
export async function seenIn(
  files: Files,
  redactor: Redactor,
  forbidden: readonly ForbiddenValue[],
): Promise<string[]> {
  const finds: string[] = [];
  for (const [name, bytes] of files) {
    const mediaType = TYPES[name.split('.').at(-1) ?? ''] ?? 'unknown';
    if (mediaType.startsWith('image/')) finds.push(...(await barcodeTexts(bytes)));
    const found = await redactor.search({ name, mediaType, bytes }, forbidden);
    finds.push(...found.map(({ kind, where }) => `${kind} in ${where} of ${name}`));
  }
  return finds;
}

/** A Business that sends invented people with what they would send, and has packages made of them. */
export class ExportDesk {
  private constructor(
    private readonly house: House,
    private readonly tenant: TestTenant,
    private readonly wire: DocumentWire,
    private readonly patienceSeconds: number,
  ) {}

  static async open(house: House, tenant: TestTenant, patienceSeconds = 300): Promise<ExportDesk> {
    return new ExportDesk(house, tenant, await DocumentWire.open(house, tenant), patienceSeconds);
  }

  /** Sends the person: values of these elements, all when none are named, and these files. */
  async admit(
    person: Person,
    { files, elements }: { files: readonly Specimen[]; elements?: readonly string[] },
  ): Promise<string> {
    const records = recordsOf(person, { collectedAt: '2026-11-20T10:00:00Z' }).filter(
      ({ element }) => elements?.includes(element) !== false,
    );
    const { externalId } = person;
    const admitted = await this.tenant.post('/v1/subjects', { externalId, residency: 'US-CA', records });
    if (admitted.status !== 201) throw new Error(JSON.stringify(admitted.body));
    const id = idOf(admitted);
    for (const { element, contentType, bytes } of files) {
      const path = this.wire.path(id, aboutDocument({ element, source: 'CONSUMER_DIRECT' }));
      const { status, bytes: answer } = await this.wire.post(path, bytes, { 'content-type': contentType });
      if (status !== 201) throw new Error(answer.toString());
    }
    return id;
  }

  /** Orders an answer and returns the instruction's id. */
  async order(externalId: string, audience: 'CONSUMER' | 'BUSINESS'): Promise<string> {
    return idOf(
      await this.tenant.post('/v1/instructions', anExport({ externalId }, { audience })).expect(202),
    );
  }

  /** Orders an answer, waits for its end, and takes it. */
  async exported(externalId: string, audience: 'CONSUMER' | 'BUSINESS'): Promise<Files> {
    const id = await this.order(externalId, audience);
    const { state } = await this.house.ended(this.tenant, id, { seconds: this.patienceSeconds });
    if (state !== 'COMPLETED') throw new Error(`the export ended as ${state}`);
    return unzipped(await this.take(id));
  }

  /** Downloads the package of an instruction. */
  async take(id: string): Promise<Buffer> {
    const { status, bytes } = await this.wire.get(`/v1/instructions/${id}/package`);
    if (status !== 200) throw new Error(bytes.toString());
    return bytes;
  }
}
