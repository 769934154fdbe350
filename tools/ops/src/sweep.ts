import { NestFactory } from '@nestjs/core';
import { SweepEverything, type TenantSweep } from '@personr/execution';
import { type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { SweepModule } from './sweep.module.js';
import { withServers } from './with-servers.js';

/** What a sweep over the whole house came to. */
export type Sweep = {
  readonly tenants: readonly TenantSweep[];
  /** Tenants of whom the key store knows nothing: with the wrong one, that is all of them. */
  readonly unknownToTheKeyStore: readonly TenantId[];
};

/**
 * Sweeps every tenant, where `npm start` runs, else on servers started for the moment, and prints what was found:
 * a table, or one JSON document with `--json`. Resolves with 0 when nothing was found, 1 when something was, 2 for
 * words that it does not know.
 */
export async function sweep(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--json')) return 2;
  const found = await withServers(async (environment) => {
    const app = await NestFactory.createApplicationContext(SweepModule.forRoot(environment), {
      logger: ['error'],
    });
    try {
      return await sweepAll(app.get(SweepEverything), app.get(Vault), app.get(Tenancy));
    } finally {
      await app.close();
    }
  });
  console.log(args.includes('--json') ? JSON.stringify(found) : asText(found));
  return isClean(found) ? 0 : 1;
}

async function sweepAll(sweeper: SweepEverything, vault: Vault, tenancy: Tenancy): Promise<Sweep> {
  const known = new Set(await vault.tenants());
  const tenants = await tenancy.forDirectory(
    (tx) => tx.$queryRaw<{ id: TenantId }[]>`select id::text from tenant order by id`,
  );
  const sweeps: TenantSweep[] = [];
  for (const [position, { id }] of tenants.entries()) {
    if (!known.has(id)) continue;
    console.error(`sweeping tenant ${id}, ${position + 1} of ${tenants.length}`);
    sweeps.push(await sweeper.run(id));
  }
  return {
    tenants: sweeps,
    unknownToTheKeyStore: tenants.map(({ id }) => id).filter((id) => !known.has(id)),
  };
}

const isClean = ({ tenants, unknownToTheKeyStore }: Sweep): boolean =>
  unknownToTheKeyStore.length === 0 &&
  tenants.every(
    ({ residues, rowsWithoutKey, rootsReturned }) => residues + rowsWithoutKey + rootsReturned === 0,
  );

const LINES = [
  ['erasures', 'erasures searched again'],
  ['residues', 'of those, found something of; removed'],
  ['left', 'of those, something is left of'],
  ['rows', 'sealed values and documents looked at'],
  ['rowsWithoutKey', 'of those, nobody can open'],
  ['keysWithoutSubject', 'keys without a subject, of an intake that broke off'],
  ['rootsReturned', 'destroyed roots that had come back'],
] as const;

function asText({ tenants, unknownToTheKeyStore }: Sweep): string {
  const parts = tenants.map((found) =>
    [
      `tenant ${found.tenantId}`,
      ...LINES.map(([name, words]) => `  ${String(found[name]).padStart(9)}  ${words}`),
    ].join('\n'),
  );
  const strangers = unknownToTheKeyStore.map(
    (id) => `tenant ${id}\n             the key store does not know it`,
  );
  return [...parts, ...strangers].join('\n') || 'There is no tenant.';
}
