import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ObjectSweep, SweepEverything, SweepObjects, type TenantSweep } from '@personr/execution';
import { Clock, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { SweepModule } from './ops.module.js';
import { tellLog, tenantsOf } from './tell-logs.js';
import { withServers } from './with-servers.js';

/** What a sweep over the whole house came to. */
export type Sweep = {
  readonly tenants: readonly (TenantSweep & ObjectSweep)[];
  /** Tenants of whom the key store knows nothing: with the wrong one, that is all of them. */
  readonly unknownToTheKeyStore: readonly TenantId[];
  /** Objects that are none of these tenants'. They stay. */
  readonly objectsOfStrangers: number;
};

/**
 * Sweeps every tenant, where `npm start` runs, else on servers started for the moment, and prints what was found:
 * a table, or one JSON document with `--json`. Each tenant's log has an entry, whatever was found. Resolves with 0 when nothing was found, 1 when something was, 2 for
 * words that it does not know.
 */
export async function sweep(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--json')) return 2;
  const found = await withServers(async (environment) => {
    const app = await NestFactory.createApplicationContext(SweepModule.forRoot(environment), {
      logger: ['error'],
    });
    try {
      return await sweepAll(app);
    } finally {
      await app.close();
    }
  });
  console.log(args.includes('--json') ? JSON.stringify(found) : asText(found));
  return isClean(found) ? 0 : 1;
}

async function sweepAll(app: INestApplicationContext): Promise<Sweep> {
  const [sweeper, objects] = [app.get(SweepEverything), app.get(SweepObjects)];
  const known = new Set(await app.get(Vault).tenants());
  const ids = await tenantsOf(app.get(Tenancy));
  const here = ids.filter((id) => known.has(id));
  const sweeps: TenantSweep[] = [];
  for (const [position, id] of here.entries()) {
    console.error(`sweeping tenant ${id}, ${position + 1} of ${here.length}`);
    sweeps.push(await sweeper.run(id));
  }
  console.error('listing the objects');
  const swept = await objects.run(new Set(here));
  const found = sweeps.map((one) => ({ ...one, ...(swept.tenants.get(one.tenantId) ?? NO_OBJECTS) }));
  const at = app.get<Clock>(Clock).now();
  for (const { tenantId, ...counts } of found) {
    await tellLog(app.get(Tenancy), tenantId, { event: 'tenant.swept', at, detail: { ...counts } });
  }
  return {
    tenants: found,
    unknownToTheKeyStore: ids.filter((id) => !known.has(id)),
    objectsOfStrangers: swept.objectsOfStrangers,
  };
}

const NO_OBJECTS: ObjectSweep = { objects: 0, objectsRemoved: 0, objectsWithoutRow: 0 };

const isClean = ({ tenants, unknownToTheKeyStore, objectsOfStrangers }: Sweep): boolean =>
  unknownToTheKeyStore.length === 0 &&
  objectsOfStrangers === 0 &&
  tenants.every((found) => FINDINGS.every((name) => found[name] === 0));

/** What is not to be. */
const FINDINGS = [
  'residues',
  'rowsWithoutKey',
  'rootsReturned',
  'objectsRemoved',
  'objectsWithoutRow',
] as const;

const LINES = [
  ['erasures', 'erasures searched again'],
  ['residues', 'of those, found something of; removed'],
  ['left', 'of those, something is left of'],
  ['rows', 'sealed values and documents looked at'],
  ['rowsWithoutKey', 'of those, nobody can open'],
  ['keysWithoutSubject', 'keys without a subject, of an intake that broke off'],
  ['rootsReturned', 'destroyed roots that had come back'],
  ['objects', 'objects looked at'],
  ['objectsRemoved', 'of those, no row knew of and nobody could open; removed'],
  ['objectsWithoutRow', 'of those, no row knows of, while their keys live'],
] as const;

function asText({ tenants, unknownToTheKeyStore, objectsOfStrangers }: Sweep): string {
  const parts = tenants.map((found) =>
    [
      `tenant ${found.tenantId}`,
      ...LINES.map(([name, words]) => `  ${String(found[name]).padStart(9)}  ${words}`),
    ].join('\n'),
  );
  const strangers = unknownToTheKeyStore.map(
    (id) => `tenant ${id}\n             the key store does not know it`,
  );
  const others = objectsOfStrangers > 0 ? [`${objectsOfStrangers} objects are no tenant's; they stay`] : [];
  return [...parts, ...strangers, ...others].join('\n') || 'There is no tenant.';
}
