import { type ApiClientId, DomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { type LineOutcome, type OrderLine } from './acceptance.js';
import { SharedAcceptances } from './shared-acceptances.js';
import { anInstruction } from './testing.js';
import { type Orderer } from './write-instructions.js';

const orderer = (clientId: string): Orderer => ({
  tenantId: 'bank' as TenantId,
  clientId: clientId as ApiClientId,
  actor: { kind: 'API_CLIENT', id: clientId as ApiClientId },
});
const line = (requestId: string): OrderLine => ({ order: anInstruction(), identity: null, requestId });
const keyed = (requestId: string): OrderLine => ({
  order: anInstruction(),
  identity: { key: requestId, act: 'order', body: {} },
  requestId,
});
const outcomeOf = (one: OrderLine): LineOutcome => ({
  outcome: 'ACCEPTED',
  instruction: { id: ('requestId' in one ? one.requestId : '') as InstructionId } as never,
  view: null,
});

describe('acceptances that are shared', () => {
  let begun: string[];
  let ends: ((error?: Error) => void)[];
  let shared: SharedAcceptances;

  /** Ends the run that began so many-th, and lets what follows from it happen. */
  const end = async (at: number, error?: Error): Promise<void> => {
    ends[at]?.(error);
    await jest.advanceTimersByTimeAsync(0);
  };
  const take = async (credential: string, requestId: string) => {
    const outcome = await shared.take(orderer(credential), line(requestId));
    return outcome instanceof DomainError ? outcome.code : outcome.instruction.id;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    begun = [];
    ends = [];
    shared = new SharedAcceptances(({ clientId }, lines) => {
      begun.push(
        `${clientId}: ${lines.map((one) => ('requestId' in one ? one.requestId : 'refused')).join(' ')}`,
      );
      return new Promise((resolve, reject) => {
        ends.push((error) => {
          if (error === undefined) resolve(lines.map(outcomeOf));
          else reject(error);
        });
      });
    });
  });
  afterEach(() => jest.useRealTimers());

  it('begins at once for a credential of which nothing is under way', () => {
    void take('app', 'one');
    void take('console', 'two');
    expect(begun).toEqual(['app: one', 'console: two']);
  });

  it('takes in together what came meanwhile, and answers each with its own', async () => {
    const first = take('app', 'one');
    const [second, third] = [take('app', 'two'), take('app', 'three')];
    expect(begun).toEqual(['app: one']);
    await end(0);
    await expect(first).resolves.toBe('one');
    expect(begun).toEqual(['app: one', 'app: two three']);
    await end(1);
    await expect(Promise.all([second, third])).resolves.toEqual(['two', 'three']);
    void take('app', 'four');
    await Promise.resolve();
    expect(begun).toHaveLength(3);
  });

  it('takes a hundred at once at most', async () => {
    const first = take('app', 'one');
    const rest = Array.from({ length: 150 }, (_, at) => take('app', String(at)));
    await end(0);
    await first;
    await end(1);
    await rest[0];
    await end(2);
    await Promise.all(rest);
    expect(begun.map((text) => text.split(' ').length - 1)).toEqual([1, 100, 50]);
  });

  it('lets nobody wait longer than a fifth of a second for those before', async () => {
    const first = take('app', 'one');
    const second = take('app', 'two');
    await jest.advanceTimersByTimeAsync(199);
    expect(begun).toEqual(['app: one']);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['app: one', 'app: two']);
    await end(1);
    await expect(second).resolves.toBe('two');
    await end(0);
    await expect(first).resolves.toBe('one');
  });

  it('fails for each that was in it, with an error of its own, and goes on', async () => {
    const first = take('app', 'one');
    const failing = [take('app', 'two'), take('app', 'three')];
    await end(0);
    await first;
    const settled = Promise.allSettled(failing);
    await end(1, new DomainError('SERVICE_UNAVAILABLE', 'It did not answer.'));
    const reasons = (await settled).map((one) =>
      one.status === 'rejected' ? (one.reason as unknown) : null,
    );
    expect(reasons).toEqual([
      expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
      expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
    ]);
    expect(reasons[0]).not.toBe(reasons[1]);
    const next = take('app', 'four');
    await end(2);
    await expect(next).resolves.toBe('four');
  });

  it('takes those that failed together in once more, each by itself, and only what is wrong fails', async () => {
    const first = take('app', 'one');
    const [wrong, sound] = [
      shared.take(orderer('app'), keyed('wrong')),
      shared.take(orderer('app'), keyed('sound')),
    ];
    await end(0);
    await first;
    const failed = expect(wrong).rejects.toThrow('of its own');
    await end(1, new Error('of one of them'));
    expect(begun.slice(2)).toEqual(['app: wrong', 'app: sound']);
    await end(2, new Error('of its own'));
    await end(3);
    await failed;
    await expect(sound).resolves.toMatchObject({ instruction: { id: 'sound' } });
    expect(begun).toHaveLength(4);
  });

  it('orders nothing twice that has no key: what fails in doubt is not tried again', async () => {
    const first = take('app', 'one');
    const [plain, other] = [take('app', 'two'), shared.take(orderer('app'), keyed('three'))];
    await end(0);
    await first;
    const failed = expect(plain).rejects.toThrow('in doubt');
    await end(1, new Error('in doubt'));
    await failed;
    expect(begun.slice(2)).toEqual(['app: three']);
    await end(2);
    await expect(other).resolves.toMatchObject({ instruction: { id: 'three' } });
  });

  it('tries what failed by itself no second time', async () => {
    const alone = shared.take(orderer('app'), keyed('one'));
    const failed = expect(alone).rejects.toThrow('alone');
    await end(0, new Error('alone'));
    await failed;
    expect(begun).toEqual(['app: one']);
  });
});
