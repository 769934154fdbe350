import { parseArgs } from 'node:util';
import { type Crowd, writeSpecimens } from '@personr/specimens';

/**
 * Writes the files that invented people would send into a directory: `DIR [--people N] [--seed S]`. Resolves with
 * the exit code: 2 without exactly one directory, or with a number that is not 1 to 9999.
 */
export async function specimens(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) return 2;
  let sizeBytes = 0;
  let files = 0;
  for await (const written of writeSpecimens(asked.directory, asked)) {
    console.log(`${String(written.sizeBytes).padStart(8)}  ${written.path}  ${written.what}`);
    sizeBytes += written.sizeBytes;
    files += 1;
  }
  console.log(`${files} files, ${(sizeBytes / 1e6).toFixed(1)} MB: invented, of nobody`);
  return 0;
}

type Asked = Crowd & { readonly directory: string };

function parse(args: readonly string[]): Asked | null {
  const { values, positionals } = read(args);
  const [directory, ...more] = positionals;
  const { people = '1', seed = 'demo' } = values;
  if (directory === undefined || more.length > 0 || seed === '' || !/^[1-9][0-9]{0,3}$/.test(people))
    return null;
  return { directory, people: Number(people), seed };
}

type Read = { values: { people?: string | undefined; seed?: string | undefined }; positionals: string[] };

function read(args: readonly string[]): Read {
  try {
    return parseArgs({
      args: [...args],
      options: { people: { type: 'string' }, seed: { type: 'string' } },
      allowPositionals: true,
    });
  } catch {
    // An option nobody knows, or one without its value.
    return { values: {}, positionals: [] };
  }
}
