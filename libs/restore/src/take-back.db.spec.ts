import { newId, type TenantId } from '@personr/kernel';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { takeBack } from './replay.repository.js';

const AT = new Date('2026-11-24T18:00:00.000Z');

describe('what was taken back after the copy was made', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
  });

  afterAll(async () => {
    await tenancy.close();
    await databases.drop();
  });

  const anEndpoint = async (tenantId: TenantId): Promise<string> => {
    const id = newId<'endpoint'>(AT);
    await tenancy.forTenant(tenantId, (tx) =>
      tx.endpoint.create({
        data: {
          tenantId,
          id,
          kind: 'HTTPS',
          keyId: newId<'key'>(AT),
          sealedAddress: Buffer.from('sealed'),
          sealedSecret: Buffer.from('sealed'),
          createdAt: AT,
          provedAt: AT,
        },
      }),
    );
    return id;
  };
  const find = (tenantId: TenantId, id: string) =>
    tenancy.forTenant(tenantId, (tx) =>
      tx.endpoint.findUnique({
        where: { tenantId_id: { tenantId, id } },
        select: { revokedAt: true, sealedSecret: true },
      }),
    );

  it('R-51: an endpoint that was revoked is revoked again, once, and gets nothing of an older state', async () => {
    const [bank, market] = [await aTenant(tenancy), await aTenant(tenancy)];
    const [revoked, kept, theirs] = [
      await anEndpoint(bank),
      await anEndpoint(bank),
      await anEndpoint(market),
    ];
    const at = '2026-11-25T09:00:00.000Z';
    const taken = [revoked, theirs].map((id) => ({ what: 'endpoint' as const, id, at }));
    const take = () => tenancy.forTenant(bank, (tx) => takeBack(tx, taken));
    expect(await take()).toBe(1);
    expect(await take()).toBe(0);
    expect(await find(bank, revoked)).toEqual({ revokedAt: new Date(at), sealedSecret: null });
    for (const [tenantId, id] of [[bank, kept] as const, [market, theirs] as const])
      expect(await find(tenantId, id)).toMatchObject({ revokedAt: null });
  });
});
