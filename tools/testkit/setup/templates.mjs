import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createLogin, migrate } from '@personr/stack';
import pg from 'pg';

const PRISMA = new URL('../../../prisma/', import.meta.url);
const TEMPLATE = 'personr_template';

/**
 * Makes, in each cluster, a migrated database for tests to copy, and the logins the apps would have. A migration
 * that does not make a role yet is made up for, so that a room can be tested before the schema is whole.
 *
 * @param {{ dataUrl: string, keystoreUrl: string }} clusters
 */
export async function makeTemplates({ dataUrl, keystoreUrl }) {
  await Promise.all([
    makeTemplate(dataUrl, fileURLToPath(new URL('migrations', PRISMA))),
    makeTemplate(keystoreUrl, fileURLToPath(new URL('keystore/migrations', PRISMA))),
  ]);
  const login = (/** @type {string} */ url, /** @type {string} */ role) => makeLogin(url, role);
  return {
    template: TEMPLATE,
    dataOwnerUrl: dataUrl,
    tenantUrl: await login(dataUrl, 'personr_app'),
    relayUrl: await login(dataUrl, 'personr_relay'),
    directoryUrl: await login(dataUrl, 'personr_directory'),
    keystoreOwnerUrl: keystoreUrl,
    keystoreUrl: await login(keystoreUrl, 'personr_keystore'),
  };
}

/**
 * @param {string} clusterUrl
 * @param {string} directory
 */
async function makeTemplate(clusterUrl, directory) {
  await query(clusterUrl, `create database ${TEMPLATE}`);
  await migrate({ url: new URL(`/${TEMPLATE}`, clusterUrl).href, directory });
  await query(clusterUrl, `alter database ${TEMPLATE} with is_template true allow_connections false`);
}

/**
 * @param {string} ownerUrl
 * @param {string} role
 */
async function makeLogin(ownerUrl, role) {
  await query(
    ownerUrl,
    `do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$`,
  );
  return createLogin({
    ownerUrl,
    role,
    login: `${role}_test`,
    password: randomBytes(18).toString('base64url'),
  });
}

/**
 * @param {string} url
 * @param {string} sql
 */
async function query(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
