import { connect } from 'node:net';
import { testServers } from './test-servers.js';

const COUNTER = 'personr:test:databases';
/** Database 0 holds the counter; a Redis with fewer than these is not one we started. */
const OWN_DATABASES = 511;
const FOREIGN_DATABASES = 15;

/**
 * The URL of a logical Redis database that no other caller of this run has: specs running side by side do not
 * meet. It is empty when the run started its own Redis.
 */
export async function testRedisUrl(): Promise<string> {
  const url = new URL(testServers().redisUrl);
  const isOwn = process.env.REDIS_URL !== url.href;
  const [count] = await redis(url, [`INCR ${COUNTER}`]);
  const database = ((Number(count?.slice(1)) - 1) % (isOwn ? OWN_DATABASES : FOREIGN_DATABASES)) + 1;
  if (isOwn) await redis(url, [`SELECT ${database}`, 'FLUSHDB']);
  url.pathname = `/${database}`;
  return url.href;
}

/** Sends inline commands (RESP, "Inline commands"), each answered by one line, and returns the answers. */
function redis(url: URL, commands: readonly string[]): Promise<string[]> {
  const user = url.username === '' ? '' : `${decodeURIComponent(url.username)} `;
  const login = url.password === '' ? [] : [`AUTH ${user}${decodeURIComponent(url.password)}`];
  const lines = [...login, ...commands, 'QUIT'];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port === '' ? 6379 : url.port), url.hostname);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      const answers = text.trimEnd().split('\r\n');
      const refusal = answers.find((answer) => answer.startsWith('-'));
      if (refusal === undefined) resolve(answers.slice(login.length));
      else reject(new Error(`Redis refused: ${refusal.slice(1)}`));
    });
    socket.write(`${lines.join('\r\n')}\r\n`);
  });
}
