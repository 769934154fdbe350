// A process that acts for one tenant and sequences its log, without end, to be killed by the test that started it. Before it
// signs anything it writes down what: nothing that was ever signed is missing there.
import 'reflect-metadata';
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AuditLog,
  AuditModule,
  LayOutLogs,
  LogSigner,
  Sequencer,
  SequencerModule,
  SIGNED_HEADS,
} from '@personr/audit';
import { Clock, newId, SystemClock } from '@personr/kernel';
import { Tenancy, TenancyModule } from '@personr/tenancy';
import { KeyStoreHeads, VaultModule } from '@personr/vault';

const told = (/** @type {string} */ name) => process.env[name] ?? '';
const tenantId = /** @type {import('@personr/kernel').TenantId} */ (told('TENANT_ID'));

class Child {}
Module({
  imports: [
    {
      module: class Clocks {},
      global: true,
      providers: [{ provide: Clock, useClass: SystemClock }],
      exports: [Clock],
    },
    {
      module: class Heads {},
      global: true,
      providers: [{ provide: SIGNED_HEADS, useExisting: KeyStoreHeads }],
      exports: [SIGNED_HEADS],
    },
    TenancyModule.forRoot({
      tenantUrl: told('TENANT_DATABASE_URL'),
      relayUrl: told('RELAY_DATABASE_URL'),
      directoryUrl: told('DIRECTORY_DATABASE_URL'),
      poolSize: 3,
    }),
    VaultModule.forRoot({
      databaseUrl: told('KEYSTORE_DATABASE_URL'),
      keyringDirectories: told('KEYRING_DIRECTORIES').split(':'),
      poolSize: 2,
    }),
    AuditModule,
    SequencerModule.forRoot({
      signingKeyFile: told('LOG_SIGNING_KEY_FILE'),
      evidenceUrl: told('EVIDENCE_URL'),
    }),
  ],
})(Child);

const app = await NestFactory.createApplicationContext(Child, { logger: false, abortOnError: false });
const [tenancy, audit, sequencer, layOutLogs, signer] = [
  app.get(Tenancy),
  app.get(AuditLog),
  app.get(Sequencer),
  app.get(LayOutLogs),
  app.get(LogSigner),
];

const signersOf = signer.signersOf.bind(signer);
signer.signersOf = (origin) =>
  signersOf(origin).map((own) => ({
    ...own,
    sign: (text) => {
      appendFileSync(told('SIGNED_FILE'), `${Buffer.from(text).toString('base64')}\n`);
      return own.sign(text);
    },
  }));

async function act() {
  await tenancy.forTenant(tenantId, async (tx) => {
    const at = new Date();
    const id = newId(at);
    await tx.work.create({ data: { tenantId, id, kind: 'TEST', referenceId: id, dueAt: at } });
    await audit.append(tx, {
      event: 'test.happened',
      at,
      actor: { kind: 'SYSTEM' },
      detail: { act: id },
    });
  });
}

async function layOut() {
  await layOutLogs.run();
  // Where nothing is staged, nothing of that waits for anything.
  await pause(5);
}

async function loop(/** @type {() => Promise<unknown>} */ work) {
  for (;;) await work();
}

process.stdout.write('ready\n');
await Promise.all([loop(act), loop(() => sequencer.run(tenantId)), loop(layOut)]);
