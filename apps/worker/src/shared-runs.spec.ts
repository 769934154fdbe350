import { type TenantId, type WorkId } from '@personr/kernel';
import { type WorkLane } from '@personr/work';
import { SharedRuns } from './shared-runs.js';

const job = (tenant: string, work: string) => ({ tenantId: tenant as TenantId, workId: work as WorkId });

describe('runs that are shared', () => {
  let rung: string[];
  let begun: string[];
  let ends: Map<string, (error?: Error) => void>;
  let shared: SharedRuns;

  beforeEach(() => {
    jest.useFakeTimers();
    rung = [];
    begun = [];
    ends = new Map();
    shared = new SharedRuns((lane, { workId }) => {
      rung.push(`${lane} ${workId}`);
      return Promise.resolve();
    });
  });
  afterEach(() => jest.useRealTimers());

  const take = (lane: WorkLane, tenant: string, work: string) =>
    shared.take(lane, job(tenant, work), () => {
      begun.push(work);
      return new Promise((resolve, reject) => {
        ends.set(work, (error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
    });

  it('begins at once for a tenant and a lane of which nothing is under way', () => {
    void take('BULK', 'bank', 'one');
    void take('INTERACTIVE', 'bank', 'two');
    void take('BULK', 'market', 'three');
    expect(begun).toEqual(['one', 'two', 'three']);
  });

  it('puts off what comes meanwhile without holding a hand, and rings for it once when the run has ended', async () => {
    const first = take('BULK', 'bank', 'one');
    await take('BULK', 'bank', 'two');
    await take('BULK', 'bank', 'three');
    expect([begun, rung]).toEqual([['one'], []]);
    ends.get('one')?.();
    await first;
    expect([begun, rung]).toEqual([['one'], ['BULK three']]);
    void take('BULK', 'bank', 'three');
    expect(begun).toEqual(['one', 'three']);
  });

  it('rings a fifth of a second after the run began when that takes long, and no second time at its end', async () => {
    const first = take('BULK', 'bank', 'one');
    await take('BULK', 'bank', 'two');
    jest.advanceTimersByTime(200);
    expect(rung).toEqual(['BULK two']);
    const second = take('BULK', 'bank', 'two');
    expect(begun).toEqual(['one', 'two']);
    await take('BULK', 'bank', 'three');
    ends.get('one')?.();
    await first;
    expect(rung).toEqual(['BULK two']);
    ends.get('two')?.();
    await second;
    expect(rung).toEqual(['BULK two', 'BULK three']);
  });

  it('hushes further bells while one is on its way, for a fifth of a second, or until it is answered', async () => {
    const bank = { lane: 'BULK' as const, tenantId: 'bank' as TenantId };
    shared.rang(bank);
    shared.rang({ ...bank, lane: 'URGENT' });
    expect(shared.hushed()).toEqual([bank, { ...bank, lane: 'URGENT' }]);
    jest.advanceTimersByTime(199);
    shared.rang(bank);
    jest.advanceTimersByTime(1);
    expect(shared.hushed()).toEqual([bank]);
    const first = take('BULK', 'bank', 'one');
    expect(shared.hushed()).toEqual([]);
    shared.rang(bank);
    await take('BULK', 'bank', 'two');
    expect(shared.hushed()).toEqual([bank]);
    ends.get('one')?.();
    await first;
    expect(shared.hushed()).toEqual([]);
  });

  it('rings for what was put off though the run failed', async () => {
    const first = take('URGENT', 'bank', 'one');
    await take('URGENT', 'bank', 'two');
    ends.get('one')?.(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    expect(rung).toEqual(['URGENT two']);
  });
});
