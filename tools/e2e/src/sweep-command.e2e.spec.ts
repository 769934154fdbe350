import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OnboardedTenant, type OwnerEnvironment } from '@personr/ops';
import { eraseOf, OperatedProduct } from './operated-product.js';

describe('R-62: `npm run ops -- sweep`', () => {
  let product: OperatedProduct;
  let tenant: OnboardedTenant;
  let erased: string;

  const ofTenant = (said: string) => {
    const { tenants } = JSON.parse(said) as { tenants: { tenantId: string }[] };
    return tenants.find(({ tenantId }) => tenantId === tenant.tenantId);
  };

  beforeAll(async () => {
    product = new OperatedProduct();
    const running = await product.start();
    ({ tenant } = running);
    erased = (await running.personr.admitSubject({ externalId: 'gone' })).id;
    await running.personr.admitSubject({ externalId: 'kept' });
    await eraseOf(running.personr, 'gone');
  });

  afterAll(() => product.stop());

  it('beside a running product finds nothing where nothing was left, and ends with 0', async () => {
    const { code, said } = await product.ops('sweep', '--json');
    expect([code, ofTenant(said)]).toMatchObject([0, { erasures: 1, residues: 0, objectsRemoved: 0 }]);
  });

  it('ends with 1 for bytes that came back of somebody who was erased, removes them, and then with 0', async () => {
    const { OBJECT_STORE_URL } = product.state('running.json') as OwnerEnvironment;
    const home = join(fileURLToPath(OBJECT_STORE_URL), tenant.tenantId, erased);
    mkdirSync(home, { recursive: true });
    const returned = join(home, '019ab0c4-5a00-7000-8000-000000000001');
    writeFileSync(returned, 'sealed, once');
    const found = await product.ops('sweep', '--json');
    expect([found.code, ofTenant(found.said)]).toMatchObject([1, { erasures: 1, residues: 1, left: 0 }]);
    expect(existsSync(returned)).toBe(false);
    const { code, said } = await product.ops('sweep');
    expect(code).toBe(0);
    expect(said).toContain(tenant.tenantId);
  });

  it('does nothing for words that it does not know, says which it knows, and ends with 2', async () => {
    const { code, said, told } = await product.ops('sweep', '--everything');
    expect([code, said]).toEqual([2, '']);
    expect(told).toContain('npm run ops -- sweep [--json]');
  });

  it('starts what it needs where no product runs, and ends it again', async () => {
    await product.stop();
    const { code, said } = await product.ops('sweep', '--json');
    expect([code, ofTenant(said)]).toMatchObject([0, { erasures: 1, residues: 0 }]);
    expect(existsSync(join(product.directory, '.personr', 'lock'))).toBe(false);
  });
});
