import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDirectory } from '@personr/testkit';
import { type DocumentWire } from './document-wire.js';

/** A subject as a part of a RETURN of everything has it. */
export type ReturnedLine = { readonly id: string; readonly documents: readonly { readonly path: string }[] };

type Manifest = {
  readonly counts: Readonly<Record<string, number>>;
  readonly parts: readonly { readonly part: number; readonly sha256: string }[];
};

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A file of a zip, as a tool that everybody has takes it out. */
export function fileIn(zip: Buffer, name: string): Buffer {
  const path = join(tempDirectory('returned'), 'part.zip');
  writeFileSync(path, zip);
  const file = execFileSync('unzip', ['-p', path, name], { maxBuffer: 1 << 28 });
  rmSync(path);
  return file;
}

/** Where the package of an instruction is. */
export const packagePath = (id: string): string => `/v1/instructions/${id}/package`;

/** Takes every part that the listing names and gives one after the other to `look`. Throws unless each is what the listing says. */
export async function takenWhole(
  wire: DocumentWire,
  id: string,
  look: (zip: Buffer) => void = () => undefined,
) {
  const manifest = fileIn((await wire.get(packagePath(id))).bytes, 'manifest.json');
  const { parts, counts } = JSON.parse(manifest.toString()) as Manifest;
  const lines: ReturnedLine[] = [];
  for (const { part, sha256: expected } of parts) {
    const { bytes } = await wire.get(`${packagePath(id)}/parts/${part}`);
    if (sha256(bytes) !== expected) throw new Error(`part ${part} is not what the listing says`);
    look(bytes);
    const own = fileIn(bytes, 'subjects.ndjson').toString().trimEnd().split('\n');
    for (const line of own) {
      const { id: subjectId, documents } = JSON.parse(line) as ReturnedLine;
      lines.push({ id: subjectId, documents });
    }
  }
  return { manifestSha256: sha256(manifest), counts, lines };
}
