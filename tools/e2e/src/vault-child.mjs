// A process that holds a vault of its own over a shared key store and keyring, told what to do a line at a time, to be
// stopped, frozen and killed by the test that started it.
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Clock, newId, SystemClock } from '@personr/kernel';
import { Vault, VaultModule } from '@personr/vault';

const { KEYSTORE_DATABASE_URL = '', KEYRING_DIRECTORIES = '', TENANT_ID = '' } = process.env;
const tenantId = /** @type {import('@personr/kernel').TenantId} */ (TENANT_ID);

class Child {}
Module({
  imports: [
    {
      module: class Clocks {},
      global: true,
      providers: [{ provide: Clock, useClass: SystemClock }],
      exports: [Clock],
    },
    VaultModule.forRoot({
      databaseUrl: KEYSTORE_DATABASE_URL,
      keyringDirectories: KEYRING_DIRECTORIES.split(':'),
      poolSize: 4,
    }),
  ],
})(Child);

const app = await NestFactory.createApplicationContext(Child, { logger: false, abortOnError: false });
const vault = app.get(Vault);

/** @param {string} name */
async function admit(name) {
  const label = 'name';
  const plaintext = Buffer.from(name);
  const [admitted] = await vault.admitAll(tenantId, [
    {
      candidate: newId(new Date()),
      identities: [{ type: 'EXTERNAL_ID', value: name }],
      labels: [label],
      seal: () => [{ label, binding: [label], plaintext }],
    },
  ]);
  const [value] = admitted?.sealed ?? [];
  if (admitted === undefined || value === undefined) throw new Error('nothing came back');
  const sealed = Buffer.from(value.sealed).toString('base64');
  return { name, keyId: value.keyId, keyIds: [...admitted.keys.values()], sealed };
}

const say = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { id, create, shred } = JSON.parse(line);
  const work = create === undefined ? vault.shred(tenantId, shred.keyIds, shred) : admit(create);
  work.then(
    (done) => say({ id, done }),
    (error) => say({ id, failed: error.code ?? error.message }),
  );
}
