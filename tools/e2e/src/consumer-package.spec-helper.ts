import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Person, recordsOf, type Specimen } from '@personr/specimens';
import { tempDirectory } from '@personr/testkit';
import { anExport, idOf } from './bodies.js';
import { aboutDocument, DocumentWire } from './document-wire.js';
import { type House, type TestTenant } from './house.js';

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

/** A Business that sends invented people with what they would send, and has packages made of them. */
export class ExportDesk {
  private constructor(
    private readonly house: House,
    private readonly tenant: TestTenant,
    private readonly wire: DocumentWire,
  ) {}

  static async open(house: House, tenant: TestTenant): Promise<ExportDesk> {
    return new ExportDesk(house, tenant, await DocumentWire.open(house, tenant));
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
    const { state } = await this.house.ended(this.tenant, id, { seconds: 300 });
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
