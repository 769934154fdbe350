import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeApi } from '@personr/api';
import openapiTypescript, { astToString } from 'openapi-typescript';

/** `path` is from the root of the checkout. */
type GeneratedFile = { readonly path: string; readonly text: string };

const ROOT = new URL('../../../', import.meta.url);
const BANNER = '// Made by `npm run ops -- openapi --write` from openapi.json. Not edited by hand.\n\n';

/** Compares with what is committed, or writes it (`--write`). Resolves with the exit code: 1 when they differ. */
export async function openapi(args: readonly string[]): Promise<number> {
  const files = await generateClient();
  if (args.includes('--write')) {
    for (const { path, text } of files) await writeFile(pathOf(path), text);
    return 0;
  }
  const stale = await staleFiles(files);
  for (const path of stale) {
    console.error(`${path} is not what the code says; "npm run ops -- openapi --write" makes it so.`);
  }
  return stale.length === 0 ? 0 : 1;
}

/** Makes the contract and its types afresh. The same code gives the same bytes. */
async function generateClient(): Promise<GeneratedFile[]> {
  const document = inOrder(await describeApi());
  const types = await openapiTypescript(document as Parameters<typeof openapiTypescript>[0] & object, {
    alphabetize: true,
  });
  return [
    { path: 'libs/client/openapi.json', text: `${JSON.stringify(document, null, 2)}\n` },
    { path: 'libs/client/src/openapi.gen.ts', text: BANNER + astToString(types) },
  ];
}

async function staleFiles(files: readonly GeneratedFile[]): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, text } of files) {
    const committed = await readFile(pathOf(path), 'utf8').catch(() => undefined);
    if (committed !== text) stale.push(path);
  }
  return stale;
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, ROOT));

/** Members sorted by name all the way down, so that moving code about changes nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}
