import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DomainError, type TenantId } from '@personr/kernel';
import { entryBundlePath, tilePath } from '@personr/proof';
import { type RelayTx, type Tenancy } from '@personr/tenancy';
import { Crash } from './outside.spec-helper.js';
import { type EvidenceFile, EvidenceStore } from './evidence-store.js';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';
import { type Outside } from './outside.js';
import { type HeadChange, type LogName, type SignedHeads } from './signed-heads.js';

type Relay = Tenancy['forRelay'];

/** The same doors, with transactions of the relay that go on as `cut` says. */
const withRelay = (tenancy: Tenancy, cut: (run: Relay) => Relay): Tenancy =>
  Object.assign(Object.create(tenancy) as Tenancy, { forRelay: cut(tenancy.forRelay.bind(tenancy)) });

/** Its commit is refused: everything was done, and nothing is. */
const commitFails =
  (run: Relay): Relay =>
  (work) =>
    run(async (tx: RelayTx) => {
      await work(tx);
      throw new Crash('no commit');
    });

/** It was committed, and the answer is lost. */
const answerIsLost =
  (run: Relay): Relay =>
  async (work) => {
    await run(work);
    throw new Crash('no answer');
  };

/** Does `after` once heads were recorded, before whoever had them recorded hears of it. */
const recording = (heads: SignedHeads, after: () => Promise<unknown>): SignedHeads => ({
  read: (...place: [TenantId, string]) => heads.read(...place),
  readAll: (logs: readonly LogName[]) => heads.readAll(logs),
  swapAll: async (changes: readonly HeadChange[]) => {
    const won = await heads.swapAll(changes);
    await after();
    return won;
  },
});

/** A store that says when a put begins and when it is durable, and takes its time in between. */
class SlowEvidence extends EvidenceStore {
  constructor(
    private readonly sound: EvidenceStore,
    private readonly say: (line: string) => void,
    private readonly takeTime: () => Promise<unknown>,
  ) {
    super();
  }

  async put(files: readonly EvidenceFile[]): Promise<void> {
    this.say('staging');
    await this.takeTime();
    await this.sound.put(files);
    this.say('staged');
  }

  get(path: string): Promise<Uint8Array | null> {
    return this.sound.get(path);
  }

  list(path: string): Promise<string[]> {
    return this.sound.list(path);
  }

  remove(paths: readonly string[]): Promise<void> {
    return this.sound.remove(paths);
  }
}

describe('logs of one run, when something goes wrong between its steps', () => {
  let bench: LogBench;
  let logs: TestLog[];
  let ids: Map<TenantId, string[]>;

  beforeAll(async () => {
    bench = await LogBench.open();
  });
  afterAll(async () => {
    await bench.close();
  });
  /** Logs of these sizes, laid out, each with entries that wait. */
  beforeEach(async () => {
    logs = [];
    ids = new Map();
    for (const size of [0, 3, 255]) {
      const log = await bench.log();
      const own = size === 0 ? [] : await bench.append(log, size);
      await bench.drain(log);
      ids.set(log.tenantId, [...own, ...(await bench.append(log, 2))]);
      logs.push(log);
    }
  });

  const tenants = () => logs.map(({ tenantId }) => tenantId);
  const sizesOf = () => Promise.all(logs.map(async (log) => (await bench.intact(log)).size));
  const signedOf = ({ origin }: TestLog) =>
    bench.witness.signed.filter((checkpoint) => checkpoint.origin === origin).length;
  const loseOne = ({ tenantId }: TestLog) =>
    bench.owner.query(
      'delete from audit_outbox where id = (select id from audit_outbox where tenant_id = $1 order by id limit 1)',
      [tenantId],
    );
  /** Entries that sort before all that wait: who sequences anew gives other places. */
  const appendEarlier = async () => {
    bench.clock.advance(-5_000);
    for (const log of logs) ids.get(log.tenantId)!.push(...(await bench.append(log, 1)));
    bench.clock.advance(5_000);
  };
  const expectAll = async () => {
    for (const log of logs) {
      await bench.drain(log);
      const own = ids.get(log.tenantId)!;
      expect((await bench.intact(log)).entries.map(({ id }) => id).sort()).toEqual([...own].sort());
      expect(await bench.expectEvidence(log)).toBe(own.length);
    }
  };

  it('R-99: are recorded when what they are made of is durable, and signed when that is recorded', async () => {
    const said: string[] = [];
    const before = bench.witness.signed.length;
    const takeTime = async () => {
      for (let turn = 0; turn < 10; turn += 1) await bench.owner.query('select 1');
    };
    const outside: Outside = {
      evidence: new SlowEvidence(bench.outside.evidence, (line) => said.push(line), takeTime),
      heads: {
        ...recording(bench.outside.heads, takeTime),
        swapAll: async (changes) => {
          said.push('recording');
          const won = await bench.outside.heads.swapAll(changes);
          await takeTime();
          said.push(`recorded, and ${String(bench.witness.signed.length - before)} signed`);
          return won;
        },
      },
    };
    const outcomes = await bench.sequencer(outside).runAll(tenants());
    expect([...outcomes.values()].map(({ error }) => error)).toEqual([null, null, null]);
    expect(said).toEqual(['staging', 'staged', 'recording', 'recorded, and 0 signed']);
    expect(bench.witness.signed).toHaveLength(before + logs.length);
    await expectAll();
  });

  it.each([
    ['fails', commitFails],
    ['was done and nobody hears of it', answerIsLost],
  ])(
    'R-99: go on in the same trees when their commit %s, whoever lays out and whatever comes meanwhile',
    async (_, cut) => {
      const outcomes = await bench
        .sequencer(bench.outside, withRelay(bench.tenancy, cut))
        .runAll(tenants(), 'WAIT');
      for (const { error } of outcomes.values()) expect(error).toBeInstanceOf(Crash);
      expect(outcomes.size).toBe(logs.length);
      const { errors } = await bench.layOut();
      expect(tenants().filter((tenantId) => errors.has(tenantId))).toEqual([]);
      await appendEarlier();
      await expectAll();
    },
  );

  it('R-99: hold up no other when one of their entries is lost once it was recorded; it comes back from outside', async () => {
    const [, robbed] = logs;
    const heads = recording(bench.outside.heads, () => loseOne(robbed!));
    const outcomes = await bench.sequencer({ ...bench.outside, heads }).runAll(tenants());
    expect(outcomes.get(robbed!.tenantId)).toMatchObject({ entries: 0, error: { code: 'LOG_BEHIND' } });
    expect(await sizesOf()).toEqual([2, 3, 257]);
    const before = signedOf(robbed!);
    await bench.append(robbed!, 1).then((more) => ids.get(robbed!.tenantId)!.push(...more));
    await expect(bench.sequencer().run(robbed!.tenantId)).rejects.toMatchObject({ code: 'LOG_BEHIND' });
    expect(signedOf(robbed!)).toBe(before);
    await bench.importer().run(robbed!.tenantId);
    await expectAll();
  });

  it('R-99: are signed no more when the record is older than the head, as after a restore of the key store', async () => {
    await bench.sequencer().runAll(tenants());
    const older = {
      ...recording(bench.outside.heads, () => Promise.resolve()),
      readAll: async (names: readonly LogName[]) =>
        (await bench.outside.heads.readAll(names)).map((head) =>
          head === null ? null : { ...head, size: head.size - 1 },
        ),
    };
    for (const log of logs) await bench.append(log, 1);
    const before = bench.witness.signed.length;
    const outcomes = await bench.sequencer({ ...bench.outside, heads: older }).runAll(tenants());
    for (const tenantId of tenants())
      expect(outcomes.get(tenantId)).toMatchObject({ error: { code: 'LOG_FORKED' } });
    expect(bench.witness.signed).toHaveLength(before);
  });

  it('R-99: are not laid out over a tile or a bundle that holds other bytes, which holds up no other', async () => {
    const [, tiled, bundled] = logs;
    const spoil = ({ origin }: TestLog, path: string) => {
      const file = join(bench.directory, origin, path);
      const bytes = readFileSync(file);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
      writeFileSync(file, bytes);
    };
    await bench.sequencer().runAll(tenants());
    spoil(tiled!, tilePath(0, 0, 3));
    spoil(bundled!, entryBundlePath(0, 255));
    const { errors } = await bench.layOut();
    const codes = tenants().map((tenantId) => (errors.get(tenantId) as DomainError | undefined)?.code);
    expect(codes).toEqual([undefined, 'EVIDENCE_MISSING', 'EVIDENCE_MISSING']);
    expect(await bench.outside.evidence.list(`${tiled!.origin}/tile/0/000.p`)).toEqual(['3']);
    expect(await bench.outside.evidence.list(`${bundled!.origin}/tile/entries`)).toEqual([]);
    expect(await bench.expectEvidence(logs[0]!)).toBe(2);
  });
});
