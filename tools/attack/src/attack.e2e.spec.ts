import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = join(process.cwd(), 'tools/attack/dist/main.js');
const PATIENCE_MILLISECONDS = 900_000;

type Told = {
  readonly claims: readonly {
    readonly claim: string;
    readonly held: boolean;
    readonly problems: readonly string[];
  }[];
  readonly faults: readonly { readonly fault: string; readonly claim: string; readonly seen: boolean }[];
};

describe('whoever holds every copy and every living key', () => {
  let told: Told;
  let code: number | null;

  beforeAll(async () => {
    if (!existsSync(MAIN)) throw new Error('The attack has not been built: run `npm run build`.');
    const child = spawn(process.execPath, [MAIN, '--quick', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
    code = await ended;
    if (out === '') throw new Error(`the attack ended with ${String(code)}: ${said.slice(-2000)}`);
    told = JSON.parse(out) as Told;
  }, PATIENCE_MILLISECONDS);

  it('R-60, R-61, R-63, R-67, R-97: gets nothing of the erased, and everything of the others', () => {
    expect(told.claims.filter(({ held }) => !held)).toEqual([]);
    expect(told.claims.length).toBeGreaterThan(10);
    expect(code).toBe(0);
  });

  it('R-62: finds the product closed beside an older data database', () => {
    expect(told.claims.find(({ claim }) => claim === 'closed-until-replayed')).toMatchObject({ held: true });
  });

  it('R-65: confirms no guess once it is said that none can be confirmed', () => {
    expect(told.claims.find(({ claim }) => claim === 'guesses-fail')).toMatchObject({ held: true });
  });

  it('R-60: is seen by the attack where a product with a defect would let it: every claim has its fault', () => {
    expect(told.faults.filter(({ seen }) => !seen)).toEqual([]);
    const broken = new Set(told.faults.map(({ claim }) => claim));
    expect(told.claims.filter(({ claim }) => !broken.has(claim))).toEqual([]);
  });
});

describe('the faults of the attack', () => {
  it('cannot be reached from the product: nothing of it names the attack or its clock', () => {
    const sources = ['apps', 'libs'].flatMap((top) =>
      readdirSync(join(process.cwd(), top), { recursive: true, withFileTypes: true })
        .filter(
          (entry) => entry.isFile() && /\/src(\/|$)/.test(entry.parentPath) && entry.name.endsWith('.ts'),
        )
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    expect(sources.length).toBeGreaterThan(100);
    const named = sources.filter((file) =>
      /@personr\/attack|tools\/attack|ATTACK_/.test(readFileSync(file, 'utf8')),
    );
    expect(named).toEqual([]);
  });
});
