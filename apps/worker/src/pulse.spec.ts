import { type Logger, pino } from 'pino';
import { Pulse } from './pulse.js';

const REST = 50;
const SECRET = 'Marker-5f21';

describe('a pulse', () => {
  let lines: string[];
  let logger: Logger;

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    logger = pino({}, { write: (line: string) => lines.push(line) });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Beats that find what they are told, then nothing; `count` says how many there were. */
  const beats = (...found: (number | 'failure')[]) => {
    const counted = { count: 0 };
    const beat = () => {
      const next = found[counted.count] ?? 0;
      counted.count += 1;
      return next === 'failure' ? Promise.reject(new Error(SECRET)) : Promise.resolve(next);
    };
    return { counted, pulse: new Pulse(beat, REST, logger) };
  };
  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  it('beats at once while there is something to do, and then rests', async () => {
    const { counted, pulse } = beats(3, 1, 7);
    pulse.start();
    await pass(0);
    expect(counted.count).toBe(4);
    await pass(REST - 1);
    expect(counted.count).toBe(4);
    await pass(1);
    expect(counted.count).toBe(5);
    await pass(10 * REST);
    expect(counted.count).toBe(15);
    await pulse.stop();
  });

  it('does not rest when it was woken during a beat, which may have looked too early', async () => {
    let count = 0;
    const pulse: Pulse = new Pulse(
      () => {
        count += 1;
        if (count === 1) pulse.wake();
        return Promise.resolve(0);
      },
      REST,
      logger,
    );
    pulse.start();
    await pass(0);
    expect(count).toBe(2);
    await pulse.stop();
  });

  it('ends its rest when it is woken', async () => {
    const { counted, pulse } = beats();
    pulse.start();
    await pass(0);
    pulse.wake();
    await pass(0);
    expect(counted.count).toBe(2);
    pulse.wake();
    pulse.wake();
    await pass(0);
    expect(counted.count).toBe(3);
    await pulse.stop();
  });

  it('rests twice as long after each failure, five seconds at most, and as before after the first success', async () => {
    const failures = Array.from({ length: 9 }, () => 'failure' as const);
    const { counted, pulse } = beats(...failures);
    pulse.start();
    await pass(0);
    for (const [at, rest] of [100, 200, 400, 800, 1600, 3200, 3200, 3200, 3200].entries()) {
      await pass(rest - 1);
      expect(counted.count).toBe(at + 1);
      await pass(1);
      expect(counted.count).toBe(at + 2);
    }
    await pass(REST);
    expect(counted.count).toBe(11);
    await pulse.stop();
  });

  it('never rests longer than five seconds', async () => {
    let count = 0;
    const failing = () => {
      count += 1;
      return Promise.reject(new Error());
    };
    const pulse = new Pulse(failing, 1000, logger);
    pulse.start();
    await pass(2000 + 4000);
    const before = count;
    await pass(5000);
    expect(count).toBe(before + 1);
    await pulse.stop();
  });

  it('logs a failure by its kind, without what it says', async () => {
    const { pulse } = beats('failure');
    pulse.start();
    await pass(0);
    await pulse.stop();
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 50, failures: 1, error: { name: 'Error' } });
    expect(lines[0]).not.toContain(SECRET);
  });

  it('stops after the beat in hand has ended, and does not beat again', async () => {
    let end: (() => void) | undefined;
    let count = 0;
    const beat = () => {
      count += 1;
      return new Promise<number>((resolve) => {
        end = () => {
          resolve(1);
        };
      });
    };
    const pulse = new Pulse(beat, REST, logger);
    pulse.start();
    let stopped = false;
    const stopping = pulse.stop().then(() => {
      stopped = true;
    });
    await pass(10_000);
    expect(stopped).toBe(false);
    end?.();
    await stopping;
    await pass(10_000);
    expect(count).toBe(1);
  });

  it('stops at once when it rests, and when it never began', async () => {
    const { counted, pulse } = beats();
    pulse.start();
    await pass(0);
    await pulse.stop();
    await pass(10_000);
    expect(counted.count).toBe(1);
    await expect(beats().pulse.stop()).resolves.toBeUndefined();
  });

  it('beats once at a time, however often it is started', async () => {
    const { counted, pulse } = beats();
    pulse.start();
    pulse.start();
    await pass(0);
    expect(counted.count).toBe(1);
    await pulse.stop();
  });
});
