import { AuditLog, Sequencer } from '@personr/audit';
import { aLogSigner, anEvidenceStore, expectLogIntact } from '@personr/audit/testing';
import { newId, parseId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { termsOver } from '@personr/terms/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { AuthenticateClient } from './authenticate-client.js';
import { hashClientSecret } from './client-secret.js';
import { type Onboarded, OnboardTenant } from './onboard-tenant.js';
import { RegisterApiClient } from './register-api-client.js';
import { SCOPES } from './scope.js';

describe('access', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let onboard: OnboardTenant;
  let register: RegisterApiClient;
  let authenticate: AuthenticateClient;
  let bank: Onboarded;
  const clock = new SettableClock();

  const newBusiness = (name = 'Bank') => onboard.run({ name, logHost: 'personr.example' });
  const partsOf = (clientId: string) => clientId.split('.') as [TenantId, string];

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    const audit = new AuditLog();
    register = new RegisterApiClient(audit, clock);
    const { adopt } = termsOver({ tenancy, vault: opened.vault, clock });
    onboard = new OnboardTenant(tenancy, opened.vault, audit, register, clock, adopt);
    authenticate = new AuthenticateClient(tenancy, clock);
  });

  beforeEach(async () => {
    bank = await newBusiness();
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  describe('onboarding', () => {
    it('makes tenant, log, first credential and both entries together', async () => {
      const signer = aLogSigner();
      const outside = { heads: opened.heads, evidence: anEvidenceStore() };
      expect(await new Sequencer(tenancy, clock, signer, outside).run(bank.tenantId)).toBe(5);
      const { entries } = await expectLogIntact(tenancy, bank.tenantId, signer.vkey(bank.logOrigin));
      expect(entries.map(({ event }) => event).sort()).toEqual([
        'agreement.added',
        'api-client.registered',
        'notice.added',
        'policy.changed',
        'tenant.onboarded',
      ]);
      await tenancy.forTenant(bank.tenantId, async (tx) => {
        expect(await tx.tenant.findMany()).toMatchObject([
          { id: bank.tenantId, name: 'Bank', state: 'ACTIVE' },
        ]);
        expect(await tx.apiClient.count()).toBe(1);
      });
    });

    it('gives the tenant keys of its own', async () => {
      const keys = await opened.vault.keysFor(bank.tenantId, newId(clock.now()), ['FULL_NAME']);
      expect(keys.get('FULL_NAME')).toBeDefined();
    });

    it('names the log by chance, not by the Business', async () => {
      const other = await newBusiness();
      expect(bank.logOrigin).toMatch(/^personr\.example\/log\/[0-9a-f]{32}$/);
      expect(other.logOrigin).not.toBe(bank.logOrigin);
    });

    it.each(['api_client', 'log_head', 'audit_outbox'])(
      'leaves nothing in the data when its row in %s cannot be written',
      async (table) => {
        const rows = async () => {
          const { rows: counts } = await owner.query<{ n: string }>(
            `select (select count(*) from tenant) + (select count(*) from api_client) + (select count(*) from log_head)
                  + (select count(*) from audit_outbox) as n`,
          );
          return counts[0]!.n;
        };
        const before = await rows();
        await owner.query(`alter table ${table} add constraint closed check (false) not valid`);
        try {
          await expect(newBusiness()).rejects.toThrow(/closed/);
        } finally {
          await owner.query(`alter table ${table} drop constraint closed`);
        }
        expect(await rows()).toBe(before);
      },
    );
  });

  describe('a credential', () => {
    it('grants what it was registered with', async () => {
      const [tenantId, clientId] = partsOf(bank.clientId);
      expect(await authenticate.run(bank.clientId, bank.clientSecret)).toEqual({
        tenantId,
        clientId,
        scopes: SCOPES,
      });
      const narrow = await tenancy.forTenant(bank.tenantId, (tx) =>
        register.run(tx, { name: 'reader', scopes: ['subjects:read'] }),
      );
      expect(await authenticate.run(narrow.clientId, narrow.clientSecret)).toMatchObject({
        scopes: ['subjects:read'],
      });
    });

    it('is kept as a hash: its secret is in no row and no entry', async () => {
      const { rows } = await owner.query<{ secret_hash: Buffer }>(
        'select * from api_client c join api_client_secret s on s.client_id = c.id',
      );
      expect(rows.some((row) => row.secret_hash.equals(hashClientSecret(bank.clientSecret)))).toBe(true);
      expect(JSON.stringify(rows)).not.toContain(bank.clientSecret);
      const { rows: entries } = await owner.query<{ entry: Buffer }>('select entry from audit_outbox');
      expect(entries.map(({ entry }) => entry.toString()).join()).not.toContain(bank.clientSecret);
    });

    it('is answered alike when it is unknown, wrong, revoked, of another tenant, and when the tenant is closed', async () => {
      const [revoked, closed, other] = [await newBusiness(), await newBusiness(), await newBusiness()];
      await tenancy.forTenant(revoked.tenantId, (tx) =>
        tx.apiClient.updateMany({ data: { revokedAt: clock.now() } }),
      );
      await tenancy.forTenant(closed.tenantId, (tx) => tx.tenant.updateMany({ data: { state: 'CLOSED' } }));
      const [tenant, client] = partsOf(bank.clientId);
      const attempts: [string, string][] = [
        [`${tenant}.${newId(clock.now())}`, bank.clientSecret],
        [`${newId(clock.now())}.${client}`, bank.clientSecret],
        [`${other.tenantId}.${client}`, bank.clientSecret],
        [bank.clientId, other.clientSecret],
        [bank.clientId, ''],
        [`${tenant}.${newId(clock.now())}`, ''],
        [revoked.clientId, revoked.clientSecret],
        [closed.clientId, closed.clientSecret],
        ['', bank.clientSecret],
        ['nobody', bank.clientSecret],
        [client, bank.clientSecret],
        [bank.clientId.toUpperCase(), bank.clientSecret],
        [`${bank.clientId}.${client}`, bank.clientSecret],
      ];
      const answers = await Promise.allSettled(attempts.map(([id, secret]) => authenticate.run(id, secret)));
      const said = answers.map((answer) => {
        if (answer.status === 'fulfilled') return 'granted';
        const { code, message } = answer.reason as { code: string; message: string };
        return `${code}: ${message}`;
      });
      expect(new Set(said).size).toBe(1);
      expect(said[0]).toMatch(/^CREDENTIAL_INVALID: /);
      await expect(authenticate.run(bank.clientId, bank.clientSecret)).resolves.toBeDefined();
    });

    it('grants no scope that is not ours, even when the row has one', async () => {
      const [, clientId] = partsOf(bank.clientId);
      await owner.query("update api_client set scopes = '{root,subjects:read}' where id = $1", [
        parseId(clientId),
      ]);
      expect(await authenticate.run(bank.clientId, bank.clientSecret)).toMatchObject({
        scopes: ['subjects:read'],
      });
    });
  });
});
