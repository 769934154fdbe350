import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EntryId } from '@personr/kernel';
import {
  composeReceipt,
  cosignaturesOn,
  openCheckpoint,
  parseVkey,
  parseWitnessVkey,
  quorumOf,
  type ReceiptVerdict,
  verifyReceipt,
} from '@personr/proof';
import { waitFor } from '@personr/testkit';
import { filesBelow, LogBench, type Closed, type TestLog } from './log-bench.spec-helper.js';
import { AnchorLogs } from './anchor-logs.js';
import { AnchoredReader } from './anchored-reader.js';
import { CosignLog } from './cosign-log.js';
import { HOUSE, metaOriginOf } from './house.js';
import { TestWitness } from './witness.spec-helper.js';

const META = metaOriginOf('personr.example/log/x');

describe('the meta-log', () => {
  let bench: LogBench;
  let log: TestLog;
  let reader: AnchoredReader;
  let witnesses: TestWitness[];
  let cosignLog: CosignLog;

  beforeAll(async () => {
    bench = await LogBench.open();
    reader = new AnchoredReader(bench.tenancy);
  });
  beforeEach(async () => {
    log = await bench.log();
    const known = () => bench.witness.verifiersOf(META);
    witnesses = [await TestWitness.start(1, known), await TestWitness.start(2, known)];
    cosignLog = cosigner();
  });
  afterEach(async () => {
    for (const witness of witnesses) await witness.stop();
  });
  afterAll(async () => {
    await bench.close();
  });

  const cosigner = (patienceMilliseconds?: number) =>
    new CosignLog(
      bench.tenancy,
      bench.clock,
      bench.outside.evidence,
      witnesses.map(({ address }) => address),
      patienceMilliseconds,
    );
  const house: TestLog = { tenantId: HOUSE, origin: META };
  const anchorLogs = () => new AnchorLogs(bench.tenancy, bench.clock, bench.importer(), reader);
  const anchor = async () => {
    const anchors = anchorLogs();
    const due = await bench.tenancy.forRelay((tx) => anchors.due(tx, 99));
    await anchors.run(due);
    await bench.drain(house);
    return due;
  };
  const close = async (): Promise<Closed> => {
    const closed = await bench.closeOne(log);
    await bench.drain(log);
    return closed;
  };
  const receiptOf = async ({ entryId, salt, body }: Closed) => {
    const proven = await reader.prove(log.tenantId, entryId as EntryId);
    return composeReceipt({ body, salt, ...proven! });
  };
  const verdictOn = async (closed: Closed, isRequired = false): Promise<ReceiptVerdict> =>
    verifyReceipt(await receiptOf(closed), [bench.witness.vkey(log.origin)], {
      metaKeys: [bench.witness.vkey(META)],
      quorum: quorumOf(witnesses.map(({ vkey }) => parseWitnessVkey(vkey))),
      requireWitness: isRequired,
    });
  const metaCheckpoint = () => readFileSync(join(bench.directory, META, 'checkpoint'), 'utf8');
  const cosigners = () =>
    cosignaturesOn(
      metaCheckpoint(),
      witnesses.map(({ vkey }) => parseWitnessVkey(vkey)),
    ).size;

  it('turns a receipt that is pending into one that witnesses cosigned, for whoever fetches it later', async () => {
    const closed = await close();
    expect(await receiptOf(closed)).toMatchObject({ anchoring: 'PENDING', anchor: null });
    expect(await anchor()).toContain(log.tenantId);
    expect(await receiptOf(closed)).toMatchObject({
      anchoring: 'PENDING',
      anchor: { salt: expect.any(String) as string },
    });
    expect(await verdictOn(closed)).toMatchObject({ anchoring: { state: 'LOGGED' } });
    await expect(verdictOn(closed, true)).rejects.toMatchObject({ code: 'PROOF_INVALID' });
    await cosignLog.run(HOUSE);
    expect(await receiptOf(closed)).toMatchObject({ anchoring: 'COSIGNED' });
    expect(await verdictOn(closed, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
    expect(cosigners()).toBe(2);
  });

  it('keeps a receipt cosigned while its log goes on, and takes each checkpoint in once', async () => {
    const closed = await close();
    await anchor();
    await cosignLog.run(HOUSE);
    expect(await anchor()).not.toContain(log.tenantId);
    const later = await close();
    expect(await verdictOn(closed, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
    expect(await receiptOf(later)).toMatchObject({ anchoring: 'PENDING', anchor: null });
    await anchor();
    expect(await verdictOn(closed, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
    await cosignLog.run(HOUSE);
    expect(await verdictOn(later, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
    expect(cosigners()).toBe(2);
  });

  it('shows nobody’s name or size, and lies in the evidence store as every log does', async () => {
    await close();
    await anchor();
    await cosignLog.run(HOUSE);
    const { size } = openCheckpoint(metaCheckpoint(), [parseVkey(bench.witness.vkey(META))]);
    expect(size).toBeGreaterThan(0);
    const files = filesBelow(join(bench.directory, META)).map((path) => readFileSync(path, 'latin1'));
    for (const text of files) {
      expect(text).not.toContain(log.tenantId);
      expect(text).not.toContain(log.origin);
    }
  });

  it.each(['AWAY', 'ANOTHER_KEY', 'BABBLES'] as const)(
    'is not held up by a witness that is %s: the other one’s cosignature is there',
    async (mood) => {
      witnesses[0]!.mood = mood;
      const closed = await close();
      await anchor();
      const answers = await cosignLog.run(HOUSE);
      expect([...answers.values()]).toEqual([mood === 'AWAY' ? 'REFUSED' : 'UNREACHABLE', 'COSIGNED']);
      expect(cosigners()).toBe(1);
      expect(await receiptOf(closed)).toMatchObject({ anchoring: 'COSIGNED' });
      await close();
      await anchor();
      await bench.expectEvidence(log);
      witnesses[0]!.mood = 'SOUND';
      await cosignLog.run(HOUSE);
      expect(cosigners()).toBe(2);
      expect(await verdictOn(closed, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
    },
  );

  it('waits for a witness that hangs no longer than it has patience, and has the other one’s cosignature', async () => {
    witnesses[0]!.mood = 'HANGS';
    const closed = await close();
    await anchor();
    expect([...(await cosigner(200).run(HOUSE)).values()]).toEqual(['UNREACHABLE', 'COSIGNED']);
    expect(await receiptOf(closed)).toMatchObject({ anchoring: 'COSIGNED' });
  });

  it('goes on, as every log does, while a witness hangs', async () => {
    witnesses[0]!.mood = 'HANGS';
    await close();
    await anchor();
    let isAnswered = false;
    const asking = cosigner(3_600_000)
      .run(HOUSE)
      .finally(() => (isAnswered = true));
    await waitFor(() => Promise.resolve(witnesses[0]!.asked > 0), { what: 'the question to the witness' });
    const closed = await close();
    expect(await anchor()).toContain(log.tenantId);
    await bench.expectEvidence(log);
    expect(await verdictOn(closed)).toMatchObject({ anchoring: { state: 'LOGGED' } });
    expect(isAnswered).toBe(false);
    await witnesses[0]!.stop();
    expect([...(await asking).values()]).toEqual(['UNREACHABLE', 'COSIGNED']);
    expect(cosigners()).toBe(0);
    await cosignLog.run(HOUSE);
    expect(cosigners()).toBe(1);
  });

  it('asks again from where a witness says that it stands, also after a restart', async () => {
    await close();
    await anchor();
    await cosignLog.run(HOUSE);
    await close();
    await anchor();
    const before = witnesses.map(({ asked }) => asked);
    expect([...(await cosigner().run(HOUSE)).values()]).toEqual(['COSIGNED', 'COSIGNED']);
    expect(witnesses.map(({ asked }, at) => asked - before[at]!)).toEqual([2, 2]);
    expect([...(await cosigner().run(HOUSE)).keys()]).toEqual([]);
  });

  it('keeps no more anchors than it needs, and every receipt stays cosigned', async () => {
    const closed = await close();
    await anchor();
    await cosignLog.run(HOUSE);
    for (let round = 0; round < 52; round += 1) {
      await close();
      await anchor();
      if (round === 48) await cosignLog.run(HOUSE);
    }
    const kept = await bench.tenancy.forTenant(log.tenantId, (tx) => tx.logAnchor.count());
    expect(kept).toBeLessThan(10);
    expect(await verdictOn(closed, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
  });

  it('asks nobody when there is nobody to ask, or nothing to cosign', async () => {
    const nobody = new CosignLog(bench.tenancy, bench.clock, bench.outside.evidence, []);
    expect((await nobody.run(HOUSE)).size).toBe(0);
    expect((await cosignLog.run(log.tenantId)).size).toBe(0);
  });

  it('goes on as the same log after its data database was restored from a backup', async () => {
    await close();
    await anchor();
    await cosignLog.run(HOUSE);
    for (const table of ['log_entry', 'log_tile', 'audit_outbox', 'log_cosigned', 'log_head']) {
      await bench.owner.query(`delete from ${table} where tenant_id = $1`, [HOUSE]);
    }
    const closed = await close();
    await anchor();
    await cosignLog.run(HOUSE);
    expect(cosigners()).toBe(2);
    expect(await verdictOn(closed, true)).toMatchObject({ anchoring: { state: 'COSIGNED' } });
  });

  it('has one tree a size, whatever was in the middle of what', async () => {
    const roots = new Map<number, string>();
    for (const { origin, size, root } of bench.witness.signed) {
      if (origin !== META) continue;
      const spelled = Buffer.from(root).toString('hex');
      expect(roots.get(size) ?? spelled).toBe(spelled);
      roots.set(size, spelled);
    }
    await Promise.resolve();
  });
});
