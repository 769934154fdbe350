import { mkdtempSync, readdirSync, rmSync, statSync, chmodSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  consistencyPath,
  cosignaturesOn,
  ed25519Cosigner,
  ed25519Signer,
  formatAddCheckpoint,
  formatCheckpoint,
  parseVkey,
  parseWitnessVkey,
  readWitnessAnswer,
  signNote,
} from '@personr/proof';
import { hashLeaf } from '@personr/proof';
import { MemoryLog } from '@personr/proof/testing';
import { someEntries } from './log-files.spec-helper.js';
import { runCommand } from './run-command.spec-helper.js';
import { LogWitness } from './witness.js';
import { WitnessState } from './witness-state.js';

const ORIGIN = 'personr.example/meta';
const NOW = { now: () => new Date('2026-11-30T12:00:00.900Z') };
const AT = Date.parse('2026-11-30T12:00:00Z') / 1000;
const seed = (byte: number) => new Uint8Array(32).fill(byte);
const signer = ed25519Signer(ORIGIN, seed(7));
const cosigner = ed25519Cosigner('witness.example/w1', seed(1));
const witnessKey = parseWitnessVkey(cosigner.vkey);

let root: string;
let made = 0;
const fresh = () => join(root, String((made += 1)));

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'personr-witness-'));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** A log that grows, and what it asks a witness: that of `entries` from, to here. */
class Asking {
  readonly log = new MemoryLog();
  readonly roots = new Map<number, Uint8Array>([[0, this.log.root]]);

  constructor(readonly salt = 0) {}

  async grow(by: number): Promise<this> {
    await this.log.append(someEntries(by, this.log.size + this.salt).map(hashLeaf));
    this.roots.set(this.log.size, this.log.root);
    return this;
  }

  checkpoint(size = this.log.size, by = signer, origin = ORIGIN): string {
    return signNote(formatCheckpoint({ origin, size, root: this.roots.get(size)! }), [by]);
  }

  async from(oldSize: number, size = this.log.size): Promise<string> {
    const path = await consistencyPath(oldSize, size, this.log.reader);
    return formatAddCheckpoint({ oldSize, path, checkpoint: this.checkpoint(size) });
  }
}

const aWitness = (directory = fresh()) =>
  new LogWitness(cosigner, [parseVkey(signer.vkey)], new WitnessState(directory), NOW);

describe('a witness', () => {
  it('cosigns a log as it grows, with the time by its clock', async () => {
    const witness = aWitness();
    const asking = await new Asking().grow(5);
    const first = witness.addCheckpoint(await asking.from(0));
    expect(first.status).toBe(200);
    const answer = readWitnessAnswer(
      { status: first.status, contentType: null, body: first.body },
      { checkpoint: asking.checkpoint(), witness: witnessKey },
    );
    if (answer.is !== 'COSIGNED') throw new Error(answer.is);
    expect([...cosignaturesOn(answer.checkpoint, [witnessKey]).values()]).toEqual([
      { name: cosigner.name, at: AT },
    ]);
    for (const by of [1, 250, 1, 300]) {
      const before = asking.log.size;
      await asking.grow(by);
      expect(witness.addCheckpoint(await asking.from(before)).status).toBe(200);
    }
  });

  it('cosigns the same head again, and an empty log', async () => {
    const witness = aWitness();
    const asking = new Asking();
    expect(witness.addCheckpoint(await asking.from(0)).status).toBe(200);
    await asking.grow(5);
    expect(witness.addCheckpoint(await asking.from(0)).status).toBe(200);
    expect(witness.addCheckpoint(await asking.from(5)).status).toBe(200);
  });

  it('409: says where it stands when asked from elsewhere, and never goes back', async () => {
    const witness = aWitness();
    const asking = await (await new Asking().grow(5)).grow(4);
    expect(witness.addCheckpoint(await asking.from(5))).toMatchObject({ status: 409, body: '0\n' });
    expect(witness.addCheckpoint(await asking.from(0)).status).toBe(200);
    for (const [from, to] of [
      [0, 5],
      [5, 9],
      [0, 9],
      [5, 5],
    ] as const) {
      expect(witness.addCheckpoint(await asking.from(from, to))).toEqual({
        status: 409,
        body: '9\n',
        type: 'text/x.tlog.size',
      });
    }
  });

  it('409, 422: cosigns no fork, of this size or a later one', async () => {
    const witness = aWitness();
    const asking = await new Asking().grow(5);
    expect(witness.addCheckpoint(await asking.from(0)).status).toBe(200);
    const fork = await (await new Asking(1).grow(5)).grow(4);
    const twin = formatAddCheckpoint({ oldSize: 5, path: [], checkpoint: fork.checkpoint(5) });
    const answer = witness.addCheckpoint(twin);
    expect(answer.status).toBe(409);
    expect(answer.type).toBeUndefined();
    expect(witness.addCheckpoint(await fork.from(5)).status).toBe(422);
    const empty = formatAddCheckpoint({ oldSize: 5, path: [], checkpoint: fork.checkpoint() });
    expect(witness.addCheckpoint(empty).status).toBe(422);
    await asking.grow(4);
    expect(witness.addCheckpoint(await asking.from(5)).status).toBe(200);
  });

  it('422: wants no path from nothing, nor one from a head to itself', async () => {
    const witness = aWitness();
    const asking = await new Asking().grow(5);
    const path = [seed(1)];
    const asked = (oldSize: number) =>
      formatAddCheckpoint({ oldSize, path, checkpoint: asking.checkpoint() });
    expect(witness.addCheckpoint(asked(0)).status).toBe(422);
    expect(witness.addCheckpoint(await asking.from(0)).status).toBe(200);
    expect(witness.addCheckpoint(asked(5)).status).toBe(422);
  });

  it('400, 403, 404: what it does not understand, trust or know', async () => {
    const witness = aWitness();
    const asking = await new Asking().grow(5);
    const ask = (checkpoint: string, oldSize = 0) =>
      witness.addCheckpoint(formatAddCheckpoint({ oldSize, path: [], checkpoint })).status;
    expect(witness.addCheckpoint('old').status).toBe(400);
    expect(ask('no checkpoint')).toBe(400);
    expect(ask(`${asking.checkpoint()}no signature\n`)).toBe(400);
    expect(ask(asking.checkpoint(), 6)).toBe(400);
    expect(ask(asking.checkpoint(5, ed25519Signer(ORIGIN, seed(8))))).toBe(403);
    expect(ask(asking.checkpoint().replace(/.{6}\n$/, 'AAAA==\n'))).toBeGreaterThanOrEqual(400);
    const forged = { ...signer, sign: () => new Uint8Array(64) };
    expect(ask(asking.checkpoint(5, forged as typeof signer))).toBe(403);
    expect(ask(asking.checkpoint(5, signer, 'other.example/log'))).toBe(404);
    expect(ask(asking.checkpoint(5, signer, `${ORIGIN}x`))).toBe(404);
    expect(ask(asking.checkpoint())).toBe(200);
  });

  it('keeps logs apart', async () => {
    const keys = ['a.example', 'b.example'].map((name) => ed25519Signer(name, seed(7)));
    const witness = new LogWitness(
      cosigner,
      keys.map(({ vkey }) => parseVkey(vkey)),
      new WitnessState(fresh()),
      NOW,
    );
    const asking = await (await new Asking().grow(5)).grow(4);
    const ask = (key: typeof signer, oldSize: number, size: number) =>
      witness.addCheckpoint(
        formatAddCheckpoint({ oldSize, path: [], checkpoint: asking.checkpoint(size, key, key.name) }),
      ).status;
    expect(ask(keys[0]!, 0, 9)).toBe(200);
    expect(ask(keys[1]!, 0, 5)).toBe(200);
    expect(ask(keys[1]!, 9, 9)).toBe(409);
  });
});

describe('the state of a witness', () => {
  it('outlives it: another one on the same directory stands where it stood', async () => {
    const directory = fresh();
    const asking = await new Asking().grow(5);
    expect(aWitness(directory).addCheckpoint(await asking.from(0)).status).toBe(200);
    await asking.grow(1);
    expect(aWitness(directory).addCheckpoint(await asking.from(0))).toMatchObject({
      status: 409,
      body: '5\n',
    });
    expect(aWitness(directory).addCheckpoint(await asking.from(5)).status).toBe(200);
  });

  it('is swapped by one of two that saw the same head', () => {
    const directory = fresh();
    const [one, two] = [new WitnessState(directory), new WitnessState(directory)];
    expect(one.swap(ORIGIN, null, { size: 5, root: seed(1) })).toBe(true);
    expect(two.swap(ORIGIN, null, { size: 6, root: seed(2) })).toBe(false);
    const seen = two.last(ORIGIN);
    expect(seen).toEqual({ edition: 1, size: 5, root: seed(1) });
    expect(one.swap(ORIGIN, seen, { size: 7, root: seed(3) })).toBe(true);
    expect(two.swap(ORIGIN, seen, { size: 8, root: seed(4) })).toBe(false);
    expect(two.last(ORIGIN)).toEqual({ edition: 2, size: 7, root: seed(3) });
  });

  it('is not swapped by one that slept while many heads came and old ones went', () => {
    const directory = fresh();
    const [awake, asleep] = [new WitnessState(directory), new WitnessState(directory)];
    awake.swap(ORIGIN, null, { size: 1, root: seed(1) });
    const seen = asleep.last(ORIGIN);
    for (let size = 2; size < 12; size++) awake.swap(ORIGIN, awake.last(ORIGIN), { size, root: seed(size) });
    expect(asleep.swap(ORIGIN, seen, { size: 99, root: seed(99) })).toBe(false);
    expect(awake.last(ORIGIN)).toMatchObject({ edition: 11, size: 11 });
    const [log] = readdirSync(directory);
    expect(readdirSync(join(directory, log!)).length).toBeLessThan(5);
  });

  it('passes by a draft that a crash left, and stops at a head that is damaged', () => {
    const directory = fresh();
    const state = new WitnessState(directory);
    state.swap(ORIGIN, null, { size: 5, root: seed(1) });
    const log = join(directory, readdirSync(directory)[0]!);
    writeFileSync(join(log, '4711.draft'), '{"size":9');
    expect(state.last(ORIGIN)).toMatchObject({ size: 5 });
    writeFileSync(join(log, '0000000000000001'), '{"size":0}');
    expect(() => state.last(ORIGIN)).toThrow(/damaged/);
  });
});

describe('personr-verify witness', () => {
  const options = (more: readonly string[]) => ['witness', '--key', signer.vkey, ...more];

  /** Runs the command until `work` is done with it. */
  async function serving(argv: readonly string[], work: (url: string, vkey: string) => Promise<void>) {
    let end: () => void = () => undefined;
    let heard: (text: string) => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const said = new Promise<string>((resolve) => (heard = resolve));
    const run = runCommand(options(argv), {
      ended,
      onOut: (text) => {
        heard(text);
      },
    });
    try {
      const text = await Promise.race([said, run.then(({ err }) => Promise.reject(new Error(err)))]);
      const [, vkey = '', url = ''] = /^witness (\S+)\nlistens at (\S+)\n$/.exec(text) ?? [];
      await work(url, vkey);
    } finally {
      end();
    }
    return run;
  }

  it('serves the protocol, makes its own key once, and goes on where it stood', async () => {
    const state = fresh();
    const secret = `${state}.pem`;
    const argv = ['--name', 'witness.example/w1', '--secret', secret, '--state', state];
    const asking = await new Asking().grow(5);
    const post = async (url: string, body: string) => {
      const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
      return {
        status: answer.status,
        contentType: answer.headers.get('content-type'),
        body: await answer.text(),
      };
    };
    let pinned = '';
    const { code } = await serving(argv, async (url, vkey) => {
      pinned = vkey;
      const response = await post(url, await asking.from(0));
      const witness = parseWitnessVkey(vkey);
      const answer = readWitnessAnswer(response, { checkpoint: asking.checkpoint(), witness });
      expect(answer.is).toBe('COSIGNED');
      expect((await post(url, 'x'.repeat(70_000))).status).toBe(413);
      expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
      expect((await fetch(`${url}/metrics`)).status).toBe(404);
    });
    expect(code).toBe(0);
    expect(statSync(secret).mode & 0o777).toBe(0o600);
    await asking.grow(1);
    await serving(argv, async (url, vkey) => {
      expect(vkey).toBe(pinned);
      const response = await post(url, await asking.from(0));
      const answer = readWitnessAnswer(response, {
        checkpoint: asking.checkpoint(),
        witness: parseWitnessVkey(vkey),
      });
      expect(answer).toEqual({ is: 'STANDS_AT', size: 5 });
    });
  });

  it('does not begin with a key that others may read, or without what it needs', async () => {
    const state = fresh();
    const secret = `${state}.pem`;
    const argv = ['--name', 'w', '--secret', secret, '--state', state];
    await serving(argv, () => Promise.resolve());
    chmodSync(secret, 0o640);
    for (const more of [
      argv,
      ['--name', 'w', '--secret', secret],
      ['--name', 'a b', '--secret', `${secret}.2`, '--state', state],
      ['--name', 'w', '--secret', `${secret}.3`, '--state', state, '--listen', 'nowhere'],
      ['--name', 'w', '--secret', join(state, 'no', 'such'), '--state', state],
    ]) {
      expect(await runCommand(options(more))).toMatchObject({ code: 2, out: '' });
    }
  });
});
