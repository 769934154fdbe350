import { type TenantId } from '@personr/kernel';
import { type DayKeys } from './day-keys.js';
import { LeasedDayKeys } from './leased-day-keys.js';
import { VaultFixture } from './vault.spec-helper.js';

describe('a lease of the keys of the day', () => {
  let fixture: VaultFixture;
  let tenantId: TenantId;
  let keys: LeasedDayKeys;

  beforeAll(async () => {
    fixture = await VaultFixture.open();
  });
  beforeEach(async () => {
    fixture.clock.set('2026-11-25T12:00:00Z');
    ({ tenantId } = await fixture.tenant());
    keys = new LeasedDayKeys(fixture.keyStore());
  });
  afterEach(() => {
    keys.end();
  });
  afterAll(() => fixture.close());

  const look = () => keys.use(tenantId, 'idempotency', (open) => open);
  const isWiped = ({ today }: DayKeys) => today.every((byte) => byte === 0);

  it('serves the same keys for thirty seconds and no longer, and overwrites them then', async () => {
    const first = await look();
    fixture.clock.advance(29_999);
    expect(await look()).toBe(first);
    fixture.clock.advance(1);
    const second = await look();
    expect(second).not.toBe(first);
    expect([isWiped(first), isWiped(second)]).toEqual([true, false]);
  });

  it('never outlives the expiry of the key of the day before', async () => {
    await look();
    fixture.clock.set('2026-11-26T23:59:59Z');
    const late = await look();
    expect(late.yesterday).not.toBeNull();
    fixture.clock.set('2026-11-27T00:00:00Z');
    const next = await look();
    expect(next).not.toBe(late);
    expect(next.yesterday).toEqual(late.today);
  });

  it('ends with what destroys keys in this process, of that tenant alone', async () => {
    const { tenantId: other } = await fixture.tenant();
    const mine = await look();
    const theirs = await keys.use(other, 'idempotency', (open) => open);
    keys.end(tenantId);
    expect([isWiped(mine), isWiped(theirs)]).toEqual([true, false]);
  });
});
