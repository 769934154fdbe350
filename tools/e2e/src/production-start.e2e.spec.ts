import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SINGLE_KEY_STORE_ACCEPTED } from '@personr/silence';
import { apiEnvironment, spawnApi } from './api-process.js';
import { type House, startHouse } from './house.js';
import { workerEnvironment } from './worker-process.js';

const built = (path: string): string => {
  const file = join(process.cwd(), path);
  if (!existsSync(file)) throw new Error(`${path} is not there: run \`npm run build\`.`);
  return file;
};

describe('in production', () => {
  let house: House;

  beforeAll(async () => {
    house = await startHouse({ worker: false });
  });

  afterAll(() => house.stop());

  it.each([
    ['api', () => apiEnvironment(house, 0)],
    ['worker', () => workerEnvironment(house, 30)],
  ])('the %s ends beside a key store without a standby, and says what to do', (app, environment) => {
    const { status, stderr } = spawnSync(process.execPath, [built(`apps/${app}/dist/main.js`)], {
      env: { ...environment(), NODE_ENV: 'production' },
      encoding: 'utf8',
      input: '',
      timeout: 60_000,
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^${app}: START_UNSAFE: .*KEY_STORE_SINGLE: .*ACCEPT_SINGLE_KEY_STORE`),
    );
  });

  it('the api starts where that was accepted in so many words, and its health says SINGLE', async () => {
    const api = await spawnApi(house, {
      NODE_ENV: 'production',
      ACCEPT_SINGLE_KEY_STORE: SINGLE_KEY_STORE_ACCEPTED,
    });
    const health = await fetch(`${api.url}/health/ready`);
    expect(await health.json()).toMatchObject({ checks: { keyStore: { keyStoreDurability: 'SINGLE' } } });
    await api.end('SIGTERM');
  });
});

describe('an error that nobody caught', () => {
  it.each(['throw error', 'Promise.reject(error)'])('ends the process without its words: %s', (how) => {
    const silence = pathToFileURL(built('libs/silence/dist/die-quietly.js')).href;
    const script = `
      const { dieQuietly } = await import(${JSON.stringify(silence)});
      dieQuietly('spec');
      const error = Object.assign(new Error('Marker-1f'), { code: '23505', detail: 'Marker-2f' });
      setImmediate(() => { ${how}; });`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^spec: \{"name":"Error","code":"23505"/);
    expect(stdout + stderr).not.toContain('Marker');
  });
});
