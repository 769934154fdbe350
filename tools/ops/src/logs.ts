import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  addKey,
  CheckLog,
  HOUSE,
  type LogEvent,
  LogSigner,
  PruneLog,
  retireKeys,
  vkeysOf,
} from '@personr/audit';
import { Clock, isId, parseId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { latestPolicy } from '@personr/terms';
import { ReplayModule } from './restore.module.js';
import { retentionOf } from './retention.js';
import { type OwnerEnvironment } from './ops.module.js';
import { tellLogs, tenantsOf } from './tell-logs.js';
import { withServers } from './with-servers.js';

type Act = (app: INestApplicationContext, keyFile: string) => Promise<void>;

const ACTS: Readonly<Record<string, Act>> = {
  list: () => Promise.resolve(),
  // A new key signs beside those before it.
  rotate: (app, keyFile) => {
    addKey(keyFile, app.get(Clock).now());
    return tell(app, 'log-key.added');
  },
  // All but the newest sign no more.
  retire: (app, keyFile) => {
    retireKeys(keyFile, app.get(Clock).now());
    return tell(app, 'log-key.retired');
  },
};

/**
 * `log-key rotate` adds a key that signs every log from now on, beside those before it; `log-key retire` ends that overlap:
 * all but the newest sign no more, and only their public halves are kept. Both leave an entry in every tenant's log, whose
 * next checkpoint lists the keys. `log-key list` prints them with their times, the newest first, as verifier keys of `ORIGIN`,
 * if given. Resolves with 0, or 2 for other words. Throws `KEY_MALFORMED`.
 */
export async function logKey([name = '', origin, ...rest]: readonly string[]): Promise<number> {
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (act === undefined || rest.length > 0) return 2;
  await inside(async (app, { LOG_SIGNING_KEY_FILE: keyFile }) => {
    await act(app, keyFile);
    const signer = LogSigner.fromFile(keyFile);
    for (const key of vkeysOf(origin ?? 'personr.example/log', signer.keys())) {
      console.log(`${key.vkey}  from ${key.from ?? 'the beginning'} until ${key.until ?? 'now'}`);
    }
  });
  return 0;
}

/**
 * `log-check [--json]`: derives every log anew, from its first entry to its last, and prints what does not hold. A log that
 * holds loses its alarm. Resolves with 0, with 1 when one does not hold, 2 for other words.
 */
export async function logCheck(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--json')) return 2;
  const looked = await inside(async (app) => {
    const found = [];
    for (const tenantId of [...(await tenantsOf(app.get(Tenancy))), HOUSE]) {
      found.push({ tenantId, brokenAt: (await app.get(CheckLog).whole(tenantId)).brokenAt });
    }
    return found;
  });
  if (args.includes('--json')) console.log(JSON.stringify({ logs: looked }));
  else for (const { tenantId, brokenAt } of looked) console.log(lineOf(tenantId, brokenAt));
  return looked.every(({ brokenAt }) => brokenAt === null) ? 0 : 1;
}

/**
 * `log-prune TENANT [--before PLACE] [--months N]`: lets entries go at the end of their retention (R-96), all that may, or
 * those before a place. They are kept for as many months as the tenant's policy says, 60 when it has none of its own, by its
 * time zone; `--months` only lengthens that. Prints the place of the first that is left. Resolves with 0, or 2 for other
 * words. Throws `RECORD_RETENTION` for fewer months than the policy's, and when one of those before the place must stay.
 */
export async function logPrune([tenant = '', ...words]: readonly string[]): Promise<number> {
  const told = new Map(pairsOf(words));
  const [before, months] = [told.get('--before'), told.get('--months')];
  const isKnown = [...told.keys()].every((name) => name === '--before' || name === '--months');
  const areNumbers = [before ?? '0', months ?? '0'].every((text) => /^\d{1,15}$/u.test(text));
  if (!isId(tenant) || words.length % 2 !== 0 || !isKnown || !areNumbers) return 2;
  const tenantId = parseId<'tenant'>(tenant);
  await inside(async (app) => {
    const place = before === undefined ? null : Number(before);
    const policy = await app.get(Tenancy).forTenant(tenantId, latestPolicy);
    const retention = retentionOf(policy?.values ?? null, months === undefined ? null : Number(months));
    const left = await app.get(PruneLog).run(tenantId, place, retention);
    console.log(`entries from ${left} on`);
  });
  return 0;
}

const pairsOf = (words: readonly string[]): [string, string | undefined][] =>
  words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]]] : []));

const lineOf = (tenantId: TenantId, brokenAt: number | null): string =>
  `${tenantId}  ${brokenAt === null ? 'holds' : `AUDIT_CHAIN_BROKEN at ${brokenAt}`}`;

const inside = <T>(
  work: (app: INestApplicationContext, environment: OwnerEnvironment) => Promise<T>,
): Promise<T> =>
  withServers(async (environment) => {
    const app = await NestFactory.createApplicationContext(ReplayModule.forRoot(environment), {
      logger: ['error'],
      abortOnError: false,
    });
    try {
      return await work(app, environment);
    } finally {
      await app.close();
    }
  });

const tell = (app: INestApplicationContext, event: LogEvent['event']): Promise<void> =>
  tellLogs(app.get(Tenancy), { event, at: app.get(Clock).now() });
