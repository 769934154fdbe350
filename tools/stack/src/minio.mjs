import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { get as getOverTls } from 'node:https';
import { get } from 'node:http';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './child.mjs';
import { makeDirectory } from './directory.mjs';
import { freePort } from './free-port.mjs';
import { StackError } from './stack-error.mjs';

const START_MS = 30_000;

/** See `index.d.mts`. */
export function minioProgram() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'personr');
  const built = existsSync(cache) ? readdirSync(cache).filter((name) => /^minio-v[\w.-]+$/.test(name)) : [];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...built.sort().map((name) => join(cache, name)), ...folders.map((folder) => join(folder, 'minio'))]
    .reverse()
    .find((path) => existsSync(path));
}

/**
 * Starts MinIO: see `index.d.mts`.
 *
 * @param {{ program: string, directory: string, certificate?: { cert: string, key: string } }} options
 * @returns {Promise<import('./index.mjs').MinioServer>}
 */
export async function startMinio({ program, directory, certificate }) {
  const home = makeDirectory(directory);
  const certificates = makeDirectory(join(home, 'certificates'));
  if (certificate !== undefined) {
    writeFileSync(join(certificates, 'public.crt'), certificate.cert);
    writeFileSync(join(certificates, 'private.key'), certificate.key, { mode: 0o600 });
  }
  const port = await freePort();
  const url = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const [accessKeyId, secretAccessKey] = [randomBytes(8).toString('hex'), randomBytes(24).toString('hex')];
  const child = launch({
    command: program,
    args: [
      'server',
      '--quiet',
      '--certs-dir',
      certificates,
      '--address',
      `127.0.0.1:${port}`,
      '--console-address',
      '127.0.0.1:0',
      join(home, 'data'),
    ],
    logFile: join(home, 'minio.log'),
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      MINIO_ROOT_USER: accessKeyId,
      MINIO_ROOT_PASSWORD: secretAccessKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      // The machine's own metrics and the maker's server are nobody's business in a test.
      MINIO_CALLHOME_ENABLE: 'off',
    },
    endSignal: 'SIGTERM',
  });
  await ready(url, child);
  return {
    url,
    port,
    accessKeyId,
    secretAccessKey,
    pid: child.pid,
    logFile: child.logFile,
    stop: () => child.stop(),
  };
}

/**
 * Whose certificate it is does not matter here.
 *
 * @param {string} url
 * @returns {Promise<boolean>}
 */
const isUp = (url) =>
  new Promise((resolve) => {
    const options = { agent: false, rejectUnauthorized: false, timeout: 1_000 };
    const request = (url.startsWith('https:') ? getOverTls : get)(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(false));
  });

/**
 * @param {string} url
 * @param {import('./child.mjs').Child} child
 */
async function ready(url, child) {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && child.ended === undefined) {
    if (await isUp(`${url}/minio/health/ready`)) return;
    await sleep(50);
  }
  await child.stop();
  throw new StackError(
    'SERVER_FAILED',
    `MinIO did not start (${child.ended ?? 'no answer'}); see ${child.logFile}, which ends:\n${child.said()}`,
  );
}
