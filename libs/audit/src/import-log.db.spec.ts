import { rmSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EntryId, type Json } from '@personr/kernel';
import {
  composeReceipt,
  consistencyPath,
  openCheckpoint,
  parseVkey,
  receiptCommitment,
  verifyConsistency,
  verifyReceipt,
} from '@personr/proof';
import { AuditLog } from './audit-log.js';
import { LogReader } from './log-reader.js';
import { type TailEntry } from './log-tail.js';
import { tileReader } from './log.repository.js';
import { type Closed, filesBelow, LogBench, type TestLog } from './log-bench.spec-helper.js';
import { anEvidenceStore } from './testing.js';
import { behindFuse, Crash, Fuse } from './outside.spec-helper.js';

const TABLES = ['log_entry', 'log_tile', 'log_head', 'audit_outbox'];
const reader = new LogReader();

describe('a log in a data database that was restored from a backup', () => {
  let bench: LogBench;
  let log: TestLog;

  beforeAll(async () => {
    bench = await LogBench.open();
    await bench.owner.query('create schema backup');
  });
  beforeEach(async () => {
    log = await bench.log();
  });
  afterAll(async () => {
    await bench.close();
  });

  const backUp = async () => {
    for (const table of TABLES) {
      await bench.owner.query(`drop table if exists backup.${table}`);
      await bench.owner.query(
        `create table backup.${table} as select * from ${table} where tenant_id = '${log.tenantId}'`,
      );
    }
  };
  const restore = async () => {
    for (const table of TABLES) {
      await bench.owner.query(`delete from ${table} where tenant_id = $1`, [log.tenantId]);
      await bench.owner.query(`insert into ${table} select * from backup.${table}`);
    }
  };
  const sequence = () => bench.drain(log);
  const checkpoint = () =>
    bench.tenancy.forTenant(log.tenantId, async (tx) => {
      const note = (await reader.checkpoint(tx))!;
      return openCheckpoint(note, [parseVkey(bench.witness.vkey(log.origin))]);
    });
  const pending = () => bench.tenancy.forTenant(log.tenantId, (tx) => tx.auditOutbox.count());
  const receiptOf = ({ entryId, salt, body }: Closed) =>
    bench.tenancy.forTenant(log.tenantId, async (tx) =>
      composeReceipt({ body, salt, ...(await reader.prove(tx, entryId as EntryId))! }),
    );
  const tailFrom = async (from: number): Promise<TailEntry[]> => {
    const found: TailEntry[] = [];
    for await (const entry of bench.tail.read(log.tenantId, from)) found.push(entry);
    return found;
  };

  it.each([
    [0, 3],
    [4, 2],
    [250, 300],
    [256, 256],
  ])('of %i entries takes %i later ones in and is the log that it was', async (before, later) => {
    await bench.append(log, before);
    await sequence();
    const waiting = await bench.append(log, 2);
    await backUp();
    await bench.append(log, later - waiting.length);
    await sequence();
    const head = await checkpoint();
    await restore();
    expect(head.size).toBe(before + later);
    expect(await bench.importer().gap(log.tenantId)).toEqual({ from: before, size: head.size });
    expect(await bench.importer().run(log.tenantId)).toEqual({ from: before, size: head.size });
    expect(await checkpoint()).toEqual(head);
    const { entries } = await bench.intact(log);
    expect(entries.filter(({ id }) => waiting.includes(id))).toHaveLength(2);
    expect(await pending()).toBe(0);
    expect(await bench.expectEvidence(log)).toBe(head.size);
    expect(await bench.importer().run(log.tenantId)).toEqual({ from: head.size, size: head.size });
  });

  it('is not signed before it was imported, whether entries wait or not, and goes on afterwards', async () => {
    await bench.append(log, 5);
    await sequence();
    await backUp();
    await bench.append(log, 3);
    await sequence();
    await restore();
    const signed = bench.witness.signed.length;
    const refused = async () => {
      await expect(bench.sequencer().run(log.tenantId)).rejects.toMatchObject({ code: 'LOG_BEHIND' });
    };
    await refused();
    await bench.append(log, 4);
    await refused();
    expect(bench.witness.signed).toHaveLength(signed);
    await bench.importer().run(log.tenantId);
    await sequence();
    expect((await bench.intact(log)).size).toBe(12);
    expect(await bench.expectEvidence(log)).toBe(12);
  });

  it('proves a receipt that was issued after the backup, and that nothing signed since was taken back', async () => {
    await bench.append(log, 5);
    await sequence();
    await backUp();
    await bench.append(log, 300);
    const closed = await bench.closeOne(log);
    await sequence();
    const issued = await receiptOf(closed);
    const before = await checkpoint();
    await restore();
    const { from } = await bench.importer().run(log.tenantId);
    const found = (await tailFrom(from)).find(({ event }) => event === 'instruction.closed');
    expect(found?.id).toBe(closed.entryId);
    const { salt, body } = found!.opening!;
    const again = await receiptOf({ entryId: found!.id, salt, body: JSON.parse(body) as Closed['body'] });
    expect(again).toEqual(issued);
    const vkeys = [bench.witness.vkey(log.origin)];
    expect(verifyReceipt(again, vkeys)).toMatchObject({ instructionId: closed.body.instructionId });
    expect(verifyReceipt(issued, vkeys)).toMatchObject({ treeSize: before.size });
    await bench.append(log, 7);
    await sequence();
    const now = await checkpoint();
    const path = await bench.tenancy.forTenant(log.tenantId, (tx) =>
      consistencyPath(before.size, now.size, tileReader(tx)),
    );
    verifyConsistency({ oldSize: before.size, newSize: now.size, path }, before.root, now.root);
  });

  it('keeps the receipts of closings by their entries, also those sequenced one by one across a bundle', async () => {
    await bench.append(log, 250);
    await sequence();
    const closings: Closed[] = [];
    for (let at = 0; at < 10; at += 1) {
      closings.push(await bench.closeOne(log));
      if (at % 3 === 0) await bench.append(log, 1);
      await sequence();
    }
    const tail = await tailFrom(0);
    expect(tail.map(({ position }) => position)).toEqual(tail.map((_, at) => at));
    const kept = tail.filter(({ opening }) => opening !== null);
    expect(kept.map(({ id }) => id).sort()).toEqual(closings.map(({ entryId }) => entryId).sort());
    for (const { opening, entry } of kept) {
      expect(receiptCommitment(opening!.salt, JSON.parse(opening!.body) as Json)).toBe(entry.commitment);
    }
    await expect(bench.intact(log)).resolves.toBeDefined();
    const rows = await bench.tenancy.forTenant(log.tenantId, (tx) => tx.logEntry.findMany());
    expect(rows.filter(({ entry }) => Buffer.from(entry).includes('opening'))).toEqual([]);
  });

  it('that has ended since is ended in the copy too', async () => {
    await bench.append(log, 3);
    await sequence();
    await backUp();
    const last = { event: 'log.ended', at: bench.clock.now(), actor: { kind: 'SYSTEM' } } as const;
    await bench.tenancy.forTenant(log.tenantId, async (tx) => {
      await tx.bulk`update log_head set ending_at = now() where tenant_id = ${tx.tenantId}`;
      await new AuditLog().appendLast(tx, last);
    });
    await sequence();
    await restore();
    await bench.importer().run(log.tenantId);
    expect((await bench.intact(log)).entries.at(-1)).toMatchObject({ event: 'log.ended' });
    const late = bench.tenancy.forTenant(log.tenantId, (tx) =>
      new AuditLog().append(tx, { ...last, event: 'test.happened' }),
    );
    await expect(late).rejects.toMatchObject({ code: 'TENANT_LEAVING' });
  });

  it('loses nothing that was recorded but not laid out when the process died', async () => {
    const points: number[] = [];
    let isThrough = false;
    for (let point = 0; !isThrough; point += 1) {
      log = await bench.log();
      await bench.append(log, 254);
      await sequence();
      await backUp();
      const closed = await bench.closeOne(log);
      await bench.append(log, 4);
      const outcome = await bench
        .work(log, behindFuse(bench.outside, new Fuse(point)))
        .catch((error: unknown) => error);
      isThrough = outcome === undefined;
      if (!isThrough) expect(outcome).toBeInstanceOf(Crash);
      await restore();
      const { from, size } = await bench.importer().run(log.tenantId);
      const tail = await tailFrom(from);
      expect(tail).toHaveLength(size - from);
      if (size > from) {
        points.push(point);
        expect(tail.find(({ opening }) => opening !== null)?.id).toBe(closed.entryId);
      }
      await bench.append(log, 3);
      await sequence();
      expect((await bench.intact(log)).size).toBe(size + 3);
      expect(await bench.expectEvidence(log)).toBe(size + 3);
    }
    expect(points.length).toBeGreaterThan(10);
    expect(points[0]).toBeGreaterThan(5);
  }, 180_000);

  it('is imported whole or not at all, by whichever process does not die', async () => {
    await bench.append(log, 3);
    await sequence();
    await backUp();
    await bench.append(log, 260);
    await sequence();
    await restore();
    for (let point = 0; ; point += 1) {
      const dying = bench.importer(behindFuse(bench.outside, new Fuse(point)));
      const outcome = await dying.run(log.tenantId).catch((error: unknown) => error);
      if (!(outcome instanceof Crash)) break;
      expect((await bench.importer().gap(log.tenantId)).from).toBe(3);
      expect((await bench.intact(log)).size).toBe(3);
    }
    expect((await bench.intact(log)).size).toBe(263);
  });

  it('is not imported from files that were changed, nor over entries that are not its own', async () => {
    await bench.append(log, 4);
    await sequence();
    await backUp();
    await bench.append(log, 4);
    await sequence();
    await restore();
    const bundle = join(bench.directory, log.origin, 'tile/entries/000.p/8');
    const bytes = await readFile(bundle);
    const changed = Buffer.from(bytes.toString('latin1').replace(/"at":3/g, '"at":4'), 'latin1');
    expect(changed.equals(bytes)).toBe(false);
    await writeFile(bundle, changed);
    const refused = (code: string) =>
      expect(bench.importer().run(log.tenantId)).rejects.toMatchObject({ code });
    await refused('LOG_FORKED');
    rmSync(bundle);
    await refused('EVIDENCE_MISSING');
    await writeFile(bundle, bytes);
    const flip = 'set_byte(hashes, 3, get_byte(hashes, 3) # 1)';
    await bench.owner.query(`update log_tile set hashes = ${flip} where tenant_id = $1`, [log.tenantId]);
    await refused('LOG_FORKED');
    await bench.owner.query(`update log_tile set hashes = ${flip} where tenant_id = $1`, [log.tenantId]);
    expect((await bench.intact(log)).size).toBe(4);
    expect(await bench.importer().run(log.tenantId)).toEqual({ from: 4, size: 8 });
  });

  it('is refused when it is ahead of what was recorded, which is then the older of the two', async () => {
    await bench.append(log, 4);
    await sequence();
    const backTo = { before: await checkpoint(), next: { size: 5, root: Buffer.alloc(32) } };
    expect(await bench.outside.heads.swapAll([{ ...log, ...backTo }])).toEqual([true]);
    await expect(bench.sequencer().run(log.tenantId)).rejects.toMatchObject({ code: 'LOG_BEHIND' });
    const down = { before: backTo.next, next: { size: 3, root: Buffer.alloc(32) } };
    expect(await bench.outside.heads.swapAll([{ ...log, ...down }])).toEqual([false]);
    await bench.append(log, 1);
    const noRecord = {
      ...bench.outside,
      heads: {
        ...bench.outside.heads,
        read: () => Promise.resolve(null),
        readAll: () => Promise.resolve([null]),
        swapAll: () => Promise.resolve([false]),
      },
    };
    await expect(bench.sequencer(noRecord).run(log.tenantId)).rejects.toMatchObject({ code: 'LOG_FORKED' });
    await expect(bench.importer(noRecord).gap(log.tenantId)).rejects.toMatchObject({ code: 'LOG_FORKED' });
  });

  it.each([3, 256])(
    'of %i entries is not signed over an evidence store that does not hold it, and goes on over its own',
    async (size) => {
      await bench.append(log, size);
      await sequence();
      await bench.append(log, 1);
      const elsewhere = { ...bench.outside, evidence: anEvidenceStore() };
      await expect(bench.sequencer(elsewhere).run(log.tenantId)).rejects.toMatchObject({
        code: 'EVIDENCE_MISSING',
      });
      expect(await bench.outside.heads.read(log.tenantId, log.origin)).toMatchObject({ size });
      await sequence();
      expect(await bench.expectEvidence(log)).toBe(size + 1);
    },
  );

  it('leaves in the evidence store what its entries and receipts say, and files that others cannot read', async () => {
    const closed = await bench.closeOne(log);
    await sequence();
    const files = filesBelow(join(bench.directory, log.origin));
    expect(files.map((file) => file.slice(join(bench.directory, log.origin).length + 1)).sort()).toEqual([
      'checkpoint',
      'keys.json',
      'opening/000.p/1',
      'tile/0/000.p/1',
      'tile/entries/000.p/1',
    ]);
    expect(files.map((file) => statSync(file).mode & 0o077)).toEqual(files.map(() => 0));
    const [line] = (await readFile(join(bench.directory, log.origin, 'opening/000.p/1'), 'utf8')).split('\n');
    const { body } = JSON.parse(line!) as { body: string };
    expect(JSON.parse(body)).toEqual(closed.body);
  });
});
