import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onboard } from '@personr/ops';
import { inventPerson as inventSpecimenPerson, specimensOf } from '@personr/specimens';
import { ephemeralDirectory, removeDirectory, type Stack, startStack } from '@personr/stack';
import { haveRedisWrite, withClient } from './copies.js';
import { Door } from './door.js';
import { Marker } from './marker.js';
import { type Fate, inventPerson, type Person } from './person.js';
import { type Held, takeIn } from './take-in.js';

/** How large an attack is. */
export type Size = {
  readonly tenants: number;
  /** How many people of each fate a tenant has. */
  readonly people: Readonly<Record<Fate, number>>;
  /** How many people of each fate a further tenant has, which leaves. */
  readonly leaving: Readonly<Record<Fate, number>>;
  /** Whether people send what a consumer sends, drawn; else a few short files. */
  readonly drawn: boolean;
  /** Whether a copy is made in the middle of the erasures too. */
  readonly between: boolean;
};

export const QUICK: Size = {
  tenants: 2,
  people: { ERASED: 3, PARTLY: 1, HELD: 1, KEPT: 3 },
  leaving: { ERASED: 2, PARTLY: 0, HELD: 1, KEPT: 0 },
  drawn: false,
  between: false,
};
export const FULL: Size = {
  tenants: 2,
  people: { ERASED: 12, PARTLY: 3, HELD: 3, KEPT: 18 },
  leaving: { ERASED: 9, PARTLY: 0, HELD: 3, KEPT: 0 },
  drawn: true,
  between: true,
};

/** The clock of the first tenant's policy: how long whoever was erased is known by identity. The others keep the house's. */
const SUPPRESSION_DAYS = 0;

/** A Business of the scene, its door and the people it has sent; whether it is to leave. */
export type Business = { readonly door: Door; readonly people: readonly Held[]; readonly leaves: boolean };

/** The running product, whom it holds, and where everything of this run lies. */
export type Scene = {
  readonly size: Size;
  readonly marker: Marker;
  readonly stack: Stack;
  /** Everything of this run: the product's state, and the copies of it. */
  readonly home: string;
  readonly businesses: readonly Business[];
  readonly say: (line: string) => void;
  /** Goes on, for the worker, as if so many hours had passed since the start. */
  readonly waitHours: (hours: number) => Promise<void>;
  readonly end: () => Promise<void>;
};

const HOUR_MILLISECONDS = 3_600_000;

/** Starts the product and has every Business send its people, by all ways in. */
export async function openScene(size: Size, say: (line: string) => void): Promise<Scene> {
  const home = ephemeralDirectory('attack');
  const state = join(home, 'state');
  const temporary = join(state, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o711 });
  const clockFile = join(home, 'clock');
  writeFileSync(clockFile, '0');
  say('starting the product');
  const stack = await startStack({
    stateDirectory: state,
    log: say,
    env: {
      LOG_LEVEL: 'trace',
      TMPDIR: temporary,
      ATTACK_CLOCK_FILE: clockFile,
      NODE_OPTIONS: `--import=${new URL('./later-clock.js', import.meta.url).href}`,
    },
  });
  const end = async (): Promise<void> => {
    await stack.stop();
    removeDirectory(home);
  };
  try {
    await haveRedisWrite(stack);
    const marker = new Marker();
    const businesses = await populate(stack, { size, marker, say });
    const waitHours = async (hours: number): Promise<void> => {
      writeFileSync(clockFile, String(hours * HOUR_MILLISECONDS));
      await stack.restart('worker');
    };
    return { size, marker, stack, home, businesses, say, waitHours, end };
  } catch (error) {
    await end();
    throw error;
  }
}

type Told = Pick<Scene, 'size' | 'marker' | 'say'>;

async function populate(stack: Stack, { size, marker, say }: Told): Promise<Business[]> {
  const stay = Array.from({ length: size.tenants }, (_, place) => `Business ${place + 1}`);
  const names = [...stay, 'Business that leaves'];
  const tenants = await onboard(stack.env, names);
  const files = await filesOf(size);
  const businesses: Business[] = [];
  for (const [place, tenant] of tenants.entries()) {
    const door = new Door(stack.apiUrl, tenant);
    if (place === 0) await forgetAtOnce(door);
    const leaves = place >= stay.length;
    const cast = leaves ? { ...size, people: size.leaving } : size;
    const people = await takeIn(door, castOf(cast, marker, files));
    businesses.push({ door, people, leaves });
    say(`${tenant.name}: ${people.length} people taken in`);
  }
  return businesses;
}

/** People of all fates mixed, so that the erased have siblings in their branches. */
function castOf({ people, drawn }: Size, marker: Marker, files: readonly Buffer[]): Person[] {
  const fates = (Object.keys(people) as Fate[]).flatMap((fate) =>
    Array.from({ length: people[fate] }, (_, place) => ({ fate, at: place / people[fate] })),
  );
  const mixed = fates.toSorted((left, right) => left.at - right.at);
  return mixed.map(({ fate }, place) =>
    inventPerson(marker, fate, drawn ? files.filter((_, at) => at % 4 === place % 4) : files),
  );
}

/** What people send besides values: the specimens of one invented person and a file of several chunks, or short ones. */
async function filesOf({ drawn }: Size): Promise<Buffer[]> {
  if (!drawn) return [Buffer.alloc(3000, 'text '), Buffer.from([0x89, 0x50, 0x4e, 0x47])];
  const specimens = await specimensOf(inventSpecimenPerson('attack', 0));
  return [...specimens.map(({ bytes }) => bytes), Buffer.alloc(9 * 1024 * 1024, 'chunk ')];
}

async function forgetAtOnce(door: Door): Promise<void> {
  const etag = await etagOf(door);
  const answer = await door.ask('/v1/policy', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', ...(etag === null ? {} : { 'if-match': etag }) },
    body: JSON.stringify({ values: { suppressionDays: SUPPRESSION_DAYS } }),
  });
  if (answer.status >= 300)
    throw new Error(`the policy was answered ${answer.status} ${answer.bytes.toString()}`);
}

async function etagOf(door: Door): Promise<string | null> {
  const { edition } = (await door.get('/v1/policy')).json;
  return typeof edition === 'number' ? `"${edition}"` : null;
}

/** Asks the data database, as its owner, until it answers with a row. Throws, saying what for, after a minute. */
export async function waitForRow(url: string, sql: string, what: string): Promise<void> {
  const patienceMs = 90_000;
  const deadline = performance.now() + patienceMs;
  await withClient(url, async (client) => {
    while ((await client.query(sql)).rowCount === 0) {
      if (performance.now() > deadline) throw new Error(`waited a minute and a half for ${what}`);
      await pause(100);
    }
  });
}
