import { existsSync } from 'node:fs';
import { needsServers } from '../setup/needs-servers.mjs';
import { tempDirectory } from './temp-directory.js';
import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('returns what the condition gives once it is true, however often it failed before', async () => {
    let asked = 0;
    const found = await waitFor(
      () => {
        asked += 1;
        if (asked === 1) throw new Error('not yet');
        return asked > 3 ? 'here' : undefined;
      },
      { what: 'the word' },
    );
    expect([found, asked]).toEqual(['here', 4]);
  });

  it('says what it waited for, and the last reason, when the time is over', async () => {
    const refusal = new Error('closed');
    const waiting = waitFor(() => Promise.reject(refusal), { what: 'the door', timeoutMs: 40 });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringContaining('the door') as string,
      cause: refusal,
    });
  });
});

describe('tempDirectory', () => {
  it('gives every caller a directory of its own', () => {
    const [one, other] = [tempDirectory(), tempDirectory()];
    expect(one).not.toBe(other);
    expect([one, other].every((path) => existsSync(path))).toBe(true);
  });
});

describe('needsServers', () => {
  it.each([
    [true, []],
    [true, ['libs/vault']],
    [true, ['--ci', '--maxWorkers=2']],
    [true, ['--selectProjects', 'unit', 'db']],
    [true, ['--selectProjects=e2e', 'libs/x.spec.ts']],
    [true, ['libs/vault/src/a.db.spec.ts']],
    [true, ['libs/vault/src/a.spec.ts', 'libs/vault/src/b.e2e.spec.ts']],
    [false, ['--selectProjects', 'unit']],
    [false, ['--selectProjects', 'unit', '--ci']],
    [false, ['--selectProjects=unit', 'libs/vault']],
    [false, ['--ignoreProjects', 'db', 'e2e']],
    [false, ['libs/vault/src/a.spec.ts']],
  ])('says %s for %j', (expected, argv) => {
    expect(needsServers(argv)).toBe(expected);
  });
});
