import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { type Document, type Redaction } from '../redaction.js';
import { Redactor, type RedactorOptions, USUAL_BOUNDS } from '../redactor.js';

const BUILT = join(process.cwd(), 'libs/redaction/dist/child');
const DOCUMENT: Document = { element: 'SELFIE', mediaType: 'image/png', forbidden: [] };
const WITHHELD_FOR_WORK = { outcome: 'WITHHELD', reason: 'TOO_MUCH_WORK' };

/** A child that does with each order what the program says, which is given `order`, `say` and `imported`. */
const childThat = (program: string): string => `
  const imported = (name) => import(new URL(name, '${pathToFileURL(BUILT).href}/').href);
  const say = (description) =>
    process.send({ said: 'REDACTED', redaction: { outcome: 'WITHHELD', reason: 'UNREADABLE', description } });
  process.on('message', async (order) => { ${program} });
  process.on('disconnect', () => process.exit());
  process.send({ said: 'READY' });
`;

describe('R-45: the process in which files are taken apart', () => {
  let directory: string;
  let redactor: Redactor | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'personr-child-'));
  });
  afterEach(async () => {
    await redactor?.close();
    rmSync(directory, { recursive: true });
  });

  function start(program: string, bounds: Partial<RedactorOptions> = {}): Redactor {
    const childFile = join(directory, 'child.mjs');
    writeFileSync(childFile, program);
    redactor = new Redactor({ ...USUAL_BOUNDS, ...bounds, childFile });
    return redactor;
  }
  const descriptionOf = (redaction: Redaction): string =>
    redaction.outcome === 'WITHHELD' ? redaction.description : '';

  it('is killed when it never ends, and the next file has another', async () => {
    const looping = start(childThat(`if (order.bytes.length === 1) for (;;); say(String(process.pid));`), {
      mostSeconds: 10,
    });
    const first = descriptionOf(await looping.redact(DOCUMENT, Buffer.alloc(2)));
    expect(await looping.redact(DOCUMENT, Buffer.alloc(1))).toMatchObject(WITHHELD_FOR_WORK);
    const second = descriptionOf(await looping.redact(DOCUMENT, Buffer.alloc(2)));
    expect(second).not.toBe(first);
    expect(() => process.kill(Number(first), 0)).toThrow('ESRCH');
  });

  it('is killed when it takes too much memory, also while it computes', async () => {
    const greedy = start(
      childThat(
        `(await imported('watchdog.js')).watch(300); const kept = []; for (;;) kept.push(Buffer.alloc(2 ** 24, 1));`,
      ),
    );
    expect(await greedy.redact(DOCUMENT, Buffer.alloc(1))).toMatchObject(WITHHELD_FOR_WORK);
  });

  it('may crash, which is no more than that', async () => {
    const crashing = start(childThat(`process.exit(9);`));
    expect(await crashing.redact(DOCUMENT, Buffer.alloc(1))).toMatchObject(WITHHELD_FOR_WORK);
    expect(await crashing.search({ name: 'a', mediaType: 'image/png', bytes: Buffer.alloc(1) }, [])).toEqual([
      { kind: 'UNSEARCHABLE', where: 'BYTES' },
    ]);
  });

  it('is a new one after so many files', async () => {
    const brief = start(childThat(`say(String(process.pid));`), { filesPerChild: 2 });
    const pids: string[] = [];
    for (let file = 0; file < 5; file += 1) {
      pids.push(descriptionOf(await brief.redact(DOCUMENT, Buffer.alloc(1))));
    }
    expect(new Set(pids).size).toBe(3);
    expect(pids[0]).toBe(pids[1]);
  });

  it('takes one file at a time, and answers each with its own', async () => {
    const counting = start(
      childThat(`setTimeout(() => say(String(order.bytes.length)), 30 - order.bytes.length);`),
    );
    const lengths = [9, 3, 7, 1];
    const answers = await Promise.all(
      lengths.map((length) => counting.redact(DOCUMENT, Buffer.alloc(length))),
    );
    expect(answers.map(descriptionOf)).toEqual(lengths.map(String));
  });

  it('knows no environment, writes no file and starts no process', async () => {
    const file = join(directory, 'written');
    const confined = start(
      childThat(`
        const { writeFileSync } = await import('node:fs');
        const { spawnSync } = await import('node:child_process');
        const tried = (act) => { try { act(); return 'done'; } catch (error) { return error.code; } };
        say([
          Object.keys(process.env).filter((name) => !name.startsWith('NODE_CHANNEL')).join(),
          tried(() => writeFileSync(${JSON.stringify(file)}, 'x')),
          tried(() => spawnSync('/bin/true')),
        ].join(' '));
      `),
    );
    expect(descriptionOf(await confined.redact(DOCUMENT, Buffer.alloc(1)))).toBe(
      ' ERR_ACCESS_DENIED ERR_ACCESS_DENIED',
    );
  });

  it('has no network', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const lonely = start(
      childThat(`
        (await imported('no-network.js')).disarmNetwork();
        const { connect } = await import('node:net');
        const { get } = await import('node:http');
        const tried = (act) => new Promise((resolve) => {
          try { const made = act(); made.on('connect', () => resolve('connected')); made.on('response', () => resolve('connected')); made.on('error', () => resolve('no')); }
          catch { resolve('no'); }
        });
        say([
          await tried(() => connect(${String(port)}, '127.0.0.1')),
          await tried(() => get('http://127.0.0.1:${String(port)}/')),
          typeof fetch,
        ].join(' '));
      `),
    );
    const said = descriptionOf(await lonely.redact(DOCUMENT, Buffer.alloc(1)));
    server.close();
    expect(said).toBe('no no undefined');
  });

  it('that does not start is said so', async () => {
    const dead = start('process.exit(1);');
    await expect(dead.redact(DOCUMENT, Buffer.alloc(1))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });

  it('never sees a file that is too large, nor the rest of a stream that is', async () => {
    const small = start(childThat(`say('seen');`), { mostBytes: 10 });
    let taken = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        taken += 1;
        yield await Promise.resolve(Buffer.alloc(4));
      }
    }
    expect(await small.redact(DOCUMENT, Buffer.alloc(11))).toMatchObject({ reason: 'TOO_LARGE' });
    expect(await small.redact(DOCUMENT, endless())).toMatchObject({ reason: 'TOO_LARGE' });
    expect(taken).toBe(3);
  });
});
