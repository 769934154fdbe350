import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogSigner } from '@personr/audit';
import {
  Drill,
  type Progress,
  Replay,
  REPLAY_PARTS,
  type Replayed,
  type ReplayParts,
} from '@personr/restore';
import { Clock, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { backUp, toOperator, within } from './backup.js';
import { inventErasures } from './drill-people.js';
import {
  asText,
  claimsOf,
  DRILL_FORMAT,
  type DrillFindings,
  type DrillReport,
  signReport,
} from './drill-report.js';
import { type OwnerEnvironment } from './ops.module.js';
import { load } from './restore.js';
import { LoadModule, ReplayModule } from './restore.module.js';
import { openSandbox } from './sandbox.js';
import { tellLogs, tenantsOf as tenantsIn } from './tell-logs.js';
import { withServers } from './with-servers.js';

/**
 * `drill [DIR] [--json]`: restores a backup, or one that is made now, into a sandbox beside the living key store, replays
 * it there, tries to read everybody, and prints a signed report. Resolves with 0 when every claim held, 1 when one did not,
 * 2 for words that it does not know. Changes nothing of the living data, but that each
 * tenant's log says so. Where nobody was taken in yet, it makes up a
 * Business of its own first and says so.
 */
export async function drill(args: readonly string[]): Promise<number> {
  const [directory, ...more] = args.filter((arg) => arg !== '--json');
  if (more.length > 0 || directory?.startsWith('-') === true) return 2;
  const report = await withServers(async (environment) => {
    if (directory !== undefined || (await tenantsOf(environment)).length > 0)
      return drillOn(environment, directory ?? null);
    toOperator('Nobody was taken in here yet: the drill is on an invented Business in a stack of its own.');
    return inventErasures(async (invented, backup) => drillOn(invented, backup));
  });
  console.error(asText(report.report));
  console.log(JSON.stringify(report));
  return report.report.claims.every(({ held }) => held) ? 0 : 1;
}

const tenantsOf = (environment: OwnerEnvironment): Promise<TenantId[]> =>
  within(LoadModule.forRoot(environment), (app) => tenantsIn(app.get(Tenancy)));

/** Drills on a backup of this installation: the one in the directory, or one that is made now and removed after. Returns the report, signed. */
export async function drillOn(
  environment: OwnerEnvironment,
  directory: string | null,
  progress: Progress = toOperator,
) {
  const seconds: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    seconds[part] = (performance.now() - from) / 1000;
    progress(`${part}: ${seconds[part].toFixed(1)} s`);
    return result;
  };
  const own = directory === null ? await mkdtemp(join(tmpdir(), 'personr-drill-')) : null;
  const at = directory ?? join(own ?? '', 'backup');
  const sandbox = await openSandbox(environment);
  try {
    if (own !== null) await timed('backup', () => backUp(environment, at, () => undefined));
    const options = { replace: false, progress: () => undefined };
    const { id, madeAt } = await timed('restore', () => load(sandbox.environment, at, options));
    const findings = await tryEverybody(sandbox.environment, timed);
    const report: DrillReport = {
      format: DRILL_FORMAT,
      at: new Date().toISOString(),
      backup: { id, madeAt },
      erasedSince: findings.before.erased,
      claims: claimsOf(findings),
      seconds,
    };
    await tell(environment, report);
    return signReport(report, LogSigner.fromFile(environment.LOG_SIGNING_KEY_FILE));
  } finally {
    await sandbox.end();
    if (own !== null) await rm(own, { recursive: true, force: true });
  }
}

/** Says in the logs of the living data that there was a drill, and how many claims held. */
const tell = (environment: OwnerEnvironment, { backup, claims }: DrillReport): Promise<void> =>
  within(LoadModule.forRoot(environment), async (app) => {
    const held = claims.filter((claim) => claim.held).length;
    const detail = { backupId: backup.id, held, failed: claims.length - held };
    await tellLogs(app.get(Tenancy), { event: 'backup.drilled', at: app.get<Clock>(Clock).now(), detail });
  });

type Timed = <T>(part: string, work: () => Promise<T>) => Promise<T>;

async function tryEverybody(environment: OwnerEnvironment, timed: Timed): Promise<DrillFindings> {
  const tenants = await tenantsOf(environment);
  return within(ReplayModule.forRoot(environment), async (app) => {
    const parts = app.get<ReplayParts>(REPLAY_PARTS);
    const tries = new Drill(parts);
    const before = await timed('read erased', () => tries.readErased(tenants));
    const signed = await sizesOf(parts, tenants);
    const replayed = await timed('replay', () => replayInto(parts));
    const logs = reached(signed, await sizesOf(parts, tenants));
    const after = await tries.readErased(tenants);
    const survivors = await timed('read rest', () => tries.readSurvivors(tenants));
    return { before, after, survivors, replayed, logs };
  });
}

type Sizes = ReadonlyMap<TenantId, { readonly from: number; readonly size: number }>;

/** How far each log goes here, and how far it was signed. */
async function sizesOf({ importLog }: ReplayParts, tenants: readonly TenantId[]): Promise<Sizes> {
  const sizes = new Map<TenantId, { from: number; size: number }>();
  for (const tenantId of tenants) sizes.set(tenantId, await importLog.gap(tenantId));
  return sizes;
}

/** Of how many logs the copy has all that was signed before the replay; more may have been since. */
const reached = (before: Sizes, after: Sizes) => ({
  whole: [...before].filter(([tenantId, { size }]) => (after.get(tenantId)?.from ?? 0) >= size).length,
  of: before.size,
});

/** Replays into a copy, which stays closed: the key store goes on with the living data. */
async function replayInto(parts: ReplayParts): Promise<Replayed> {
  const tide = Object.assign(Object.create(parts.tide) as typeof parts.tide, {
    isOpen: () => Promise.resolve(false),
    open: () => Promise.resolve(),
  });
  const replayed = await new Replay({ ...parts, tide }).run();
  if (replayed === null) throw new Error('a copy is always replayed');
  return replayed;
}
