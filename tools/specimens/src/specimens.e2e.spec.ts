import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const BUILT = pathToFileURL(join(__dirname, '../dist/index.js')).href;

/** Hashes every specimen of one person, in a process of its own whose clock stands at `year`. */
const program = (year: number): string => `
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args) { super(...(args.length === 0 ? [Real.UTC(${year}, 5, 6)] : args)); }
    static now() { return Real.UTC(${year}, 5, 6); }
  };
  const { createHash } = await import('node:crypto');
  const { inventPerson, specimensOf } = await import('${BUILT}');
  const specimens = await specimensOf(inventPerson('demo', 3));
  console.log(JSON.stringify(specimens.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')])));
`;

async function hashesIn(year: number, environment: Record<string, string>): Promise<[string, string][]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program(year)],
    { env: { PATH: process.env.PATH, ...environment } },
  );
  return JSON.parse(stdout) as [string, string][];
}

describe('specimens made by two processes', () => {
  it('are the same bytes in another year, time zone and locale, and without any font of the machine', async () => {
    const [here, there] = await Promise.all([
      hashesIn(2026, { TZ: 'America/Los_Angeles', LANG: 'en_US.UTF-8' }),
      hashesIn(2041, {
        TZ: 'Pacific/Kiritimati',
        LANG: 'tr_TR.UTF-8',
        LC_ALL: 'tr_TR.UTF-8',
        FONTCONFIG_FILE: '/dev/null',
      }),
    ]);
    expect(here).toHaveLength(19);
    expect(there).toEqual(here);
  });
});
