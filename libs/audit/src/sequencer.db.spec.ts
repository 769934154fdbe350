import { DomainError, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import {
  type Checkpoint,
  consistencyPath,
  hashLeaf,
  inclusionPath,
  type NoteSigner,
  openCheckpoint,
  parseCheckpoint,
  parseVkey,
  verifyConsistency,
  verifyInclusion,
} from '@personr/proof';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { AuditLog } from './audit-log.js';
import { LogProbe } from './log.probe.js';
import { LogReader } from './log-reader.js';
import { LogWatch } from './log-watch.js';
import { tileReader } from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { type Outside } from './outside.js';
import { Sequencer } from './sequencer.js';
import { type LogName } from './signed-heads.js';
import { aLogSigner, anEvidenceStore, expectLogIntact } from './testing.js';

const clock = new SettableClock();
const audit = new AuditLog();
const reader = new LogReader();

const anEvent = (changes: object = {}) => ({
  event: 'test.happened',
  at: clock.now(),
  actor: { kind: 'SYSTEM' } as const,
  ...changes,
});

/** Signs as another does, and keeps every checkpoint that was ever signed. */
class Witness {
  readonly signed: Checkpoint[] = [];

  constructor(private readonly signer: LogSigner) {}

  vkey(origin: string): string {
    return this.signer.vkey(origin);
  }

  verifiersOf(origin: string) {
    return this.signer.verifiersOf(origin);
  }

  keys() {
    return this.signer.keys();
  }

  signersOf(origin: string): NoteSigner[] {
    const signer = this.signer.forOrigin(origin);
    const sign = (text: Uint8Array) => {
      this.signed.push(parseCheckpoint(new TextDecoder().decode(text)));
      return signer.sign(text);
    };
    return [{ ...signer, sign }];
  }
}

describe('the log', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let owner: pg.Client;
  const signer = aLogSigner();
  let opened: TestVault;
  let outside: Outside;
  let witness: Witness;
  let sequencer: Sequencer;
  let tenantId: TenantId;
  let origin: string;

  const append = (count: number, tenant = tenantId) =>
    tenancy.forTenant(tenant, async (tx) => {
      for (let at = 0; at < count; at += 1) await audit.append(tx, anEvent({ detail: { at } }));
    });
  const openLog = async (name: string): Promise<TenantId> => {
    const tenant = await aTenant(tenancy);
    await tenancy.forTenant(tenant, (tx) => audit.open(tx, { origin: name, at: clock.now() }));
    return tenant;
  };
  const read = <T>(work: (tx: TenantTx) => Promise<T>) => tenancy.forTenant(tenantId, work);
  const newest = async () =>
    openCheckpoint((await read((tx) => reader.checkpoint(tx)))!, [parseVkey(signer.vkey(origin))]);
  const intact = () => expectLogIntact(tenancy, tenantId, signer.vkey(origin));
  const pending = () => read((tx) => tx.auditOutbox.count());

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    outside = { heads: opened.heads, evidence: anEvidenceStore() };
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
  });

  beforeEach(async () => {
    witness = new Witness(signer);
    sequencer = new Sequencer(tenancy, clock, witness as unknown as LogSigner, outside);
    origin = `personr.example/log/${Math.random().toString(16).slice(2)}`;
    tenantId = await openLog(origin);
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  it('holds nothing and has no checkpoint before its first entry', async () => {
    expect(await sequencer.run(tenantId)).toBe(0);
    expect(await read((tx) => reader.checkpoint(tx))).toBeNull();
    expect(await intact()).toEqual({ size: 0, entries: [] });
  });

  it('gives entries contiguous places and a checkpoint that the key of the log opens', async () => {
    await append(3);
    expect(await sequencer.run(tenantId)).toBe(3);
    expect(await newest()).toMatchObject({ origin, size: 3, signedBy: [origin] });
    const { entries } = await intact();
    expect(entries.map(({ detail }) => detail?.at).sort()).toEqual([0, 1, 2]);
    expect(await pending()).toBe(0);
    expect(await sequencer.run(tenantId)).toBe(0);
    expect(witness.signed).toHaveLength(1);
  });

  it('proves every entry, at every size from one to past the edge of a tile', async () => {
    let before = 0;
    for (const size of [1, 2, 255, 256, 257]) {
      await append(size - before);
      await sequencer.run(tenantId);
      before = size;
      expect((await intact()).size).toBe(size);
      const { root } = await newest();
      await read(async (tx) => {
        const rows = await tx.logEntry.findMany({ orderBy: { position: 'asc' } });
        const tiles = tileReader(tx);
        for (const [index, { entry }] of rows.entries()) {
          const path = await inclusionPath(index, size, tiles);
          expect(() => {
            verifyInclusion(hashLeaf(entry), { index, size, path }, root);
          }).not.toThrow();
        }
        const proven = await reader.prove(tx, rows.at(-1)!.entryId as never);
        expect(proven).toMatchObject({ entry: rows.at(-1)!.entry, proof: { index: size - 1 } });
      });
    }
  });

  it('takes a backlog of 600 entries in and stays one tree', async () => {
    await append(600);
    expect(await sequencer.run(tenantId)).toBe(500);
    expect(await sequencer.run(tenantId)).toBe(100);
    expect((await intact()).size).toBe(600);
  });

  it('neither forks nor loses an entry when several sequencers run at once', async () => {
    const elsewhere = openTenancy({ ...databases, poolSize: 3 });
    const other = new Sequencer(elsewhere, clock, witness as unknown as LogSigner, outside);
    const rounds = 20;
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all([
        append(1 + (round % 3)),
        sequencer.run(tenantId),
        other.run(tenantId),
        append(1),
        sequencer.run(tenantId),
        other.run(tenantId),
      ]);
    }
    while ((await sequencer.run(tenantId)) > 0);
    await elsewhere.close();
    const appended = Array.from({ length: rounds }, (_, round) => 2 + (round % 3)).reduce(
      (sum, n) => sum + n,
    );
    expect((await intact()).size).toBe(appended);
    expect(new Set(witness.signed.map(({ size }) => size)).size).toBe(witness.signed.length);
    expect(witness.signed.length).toBeGreaterThan(rounds / 2);
    await read(async (tx) => {
      const tiles = tileReader(tx);
      for (const older of witness.signed) {
        for (const newer of witness.signed.filter(({ size }) => size >= older.size)) {
          const path = await consistencyPath(older.size, newer.size, tiles);
          const proof = { oldSize: older.size, newSize: newer.size, path };
          expect(() => {
            verifyConsistency(proof, older.root, newer.root);
          }).not.toThrow();
        }
      }
    });
  });

  it('holds no entry of an act that was rolled back', async () => {
    await append(1);
    const failing = read(async (tx) => {
      await audit.append(tx, anEvent());
      throw new Error('the act failed');
    });
    await expect(failing).rejects.toThrow('the act failed');
    await sequencer.run(tenantId);
    expect((await intact()).size).toBe(1);
  });

  it("R-01: of one tenant never takes another's entries in, nor proves them", async () => {
    const other = await openLog(`${origin}-other`);
    const foreign = await tenancy.forTenant(other, (tx) => audit.append(tx, anEvent()));
    await append(1);
    expect(await sequencer.run(tenantId)).toBe(1);
    expect(await sequencer.run(other)).toBe(1);
    expect((await intact()).entries[0]?.id).not.toBe(foreign);
    expect(await read((tx) => reader.prove(tx, foreign))).toBeNull();
    expect(await tenancy.forTenant(other, (tx) => reader.prove(tx, foreign))).not.toBeNull();
  });

  it('takes an entry of 65,535 bytes and refuses a longer one when it is appended', async () => {
    const empty = await read((tx) => audit.append(tx, anEvent({ detail: { text: '' } })));
    const bare = (await read((tx) => tx.auditOutbox.findFirstOrThrow({ where: { id: empty } }))).entry.length;
    const sized = (bytes: number) =>
      read((tx) => audit.append(tx, anEvent({ detail: { text: 'é' + 'x'.repeat(bytes - bare - 2) } })));
    await sized(65_535);
    await expect(sized(65_536)).rejects.toMatchObject({ code: 'ENTRY_TOO_LARGE' });
    await sequencer.run(tenantId);
    expect((await intact()).size).toBe(2);
  });

  it('has no proof for an entry that waits for its place', async () => {
    const id = await read((tx) => audit.append(tx, anEvent()));
    expect(await read((tx) => reader.prove(tx, id))).toBeNull();
    await sequencer.run(tenantId);
    expect(await read((tx) => reader.prove(tx, id))).not.toBeNull();
  });

  it('says which tenants wait, the longest first, and nothing once they are served', async () => {
    const other = await openLog(`${origin}-later`);
    await append(1);
    clock.advance(1000);
    await append(1, other);
    const due = () => tenancy.forRelay((tx) => sequencer.due(tx, 50));
    expect((await due()).filter((id) => id === tenantId || id === other)).toEqual([tenantId, other]);
    expect(await tenancy.forRelay((tx) => sequencer.due(tx, 1))).toHaveLength(1);
    await sequencer.run(tenantId);
    await sequencer.run(other);
    expect(await due()).not.toContain(tenantId);
  });

  it.each([
    ['a smaller size', 'update log_head set size = size - 1 where tenant_id = $1'],
    ['a larger size', 'update log_head set size = size + 1 where tenant_id = $1'],
    ['size zero', 'update log_head set size = 0 where tenant_id = $1'],
    ['a size that fills a tile', 'update log_head set size = 256 where tenant_id = $1'],
    [
      'another root',
      'update log_head set root = set_byte(root, 0, get_byte(root, 0) # 1) where tenant_id = $1',
    ],
    [
      'another tile',
      'update log_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where tenant_id = $1',
    ],
    ['no tile', 'delete from log_tile where tenant_id = $1'],
    ['no checkpoint', 'update log_head set checkpoint = null where tenant_id = $1'],
    ['another origin', "update log_head set origin = origin || 'x' where tenant_id = $1"],
  ])('signs nothing once somebody has given it %s', async (_, tampering) => {
    await append(5);
    await sequencer.run(tenantId);
    const before = await read((tx) => reader.checkpoint(tx));
    await owner.query(tampering, [tenantId]);
    await append(2);
    await expect(sequencer.run(tenantId)).rejects.toThrow();
    expect(witness.signed).toHaveLength(1);
    expect(await pending()).toBe(2);
    expect([before, null]).toContain(await read((tx) => reader.checkpoint(tx)));
  });

  it('signs nothing more once its record was lost to another database, and says so, until a person has looked', async () => {
    await append(2);
    await sequencer.run(tenantId);
    const stranger = { size: 3, root: new Uint8Array(32) };
    const before = await opened.heads.read(tenantId, origin);
    const lost = {
      ...outside,
      heads: {
        read: (...place: [TenantId, string]) => opened.heads.read(...place),
        readAll: (logs: readonly LogName[]) => opened.heads.readAll(logs),
        swapAll: async () => {
          await opened.heads.swap(tenantId, origin, { before, next: stranger });
          return [false];
        },
      },
    };
    await append(1);
    const losing = new Sequencer(tenancy, clock, witness as unknown as LogSigner, lost);
    await expect(losing.run(tenantId)).rejects.toMatchObject({ code: 'LOG_BEHIND' });
    await expect(sequencer.run(tenantId)).rejects.toMatchObject({ code: 'LOG_FORKED' });
    expect(witness.signed).toHaveLength(1);
    expect(await read((tx) => tx.logWatch.findFirst())).toMatchObject({ alarm: 'LOG_FORKED' });
    const { LOG_FORKED: stopped } = await new LogProbe(tenancy, new LogWatch()).check();
    expect(Number(stopped)).toBeGreaterThan(0);
  });

  it('R-99: lets its own role change or remove nothing: an entry leaves the outbox for its place alone', async () => {
    await append(300);
    await sequencer.run(tenantId);
    await append(1);
    const denied = (sql: string) =>
      expect(read((tx) => tx.bulk(Object.assign([sql], { raw: [sql] })))).rejects.toMatchObject({
        code: '42501',
      });
    await denied('delete from log_entry');
    await denied('truncate log_entry');
    await denied('update log_entry set entry = entry');
    await denied('delete from log_tile');
    await denied('delete from log_head');
    await denied('delete from audit_outbox');
    await denied('update audit_outbox set entry = entry');
    await denied('update log_tile set width = width - 1');
    await denied('update log_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)');
    await denied('update log_head set size = size - 1');
    await denied('update log_head set root = set_byte(root, 0, get_byte(root, 0) # 1)');
    const swapped = `with gone as (delete from audit_outbox returning *)
      insert into log_entry select tenant_id, 300, id, 'e', null, 'x'::bytea from gone`;
    await denied(swapped);
    await sequencer.run(tenantId);
    expect((await intact()).size).toBe(301);
  });

  it('is found broken by whoever re-derives it, whatever was changed', async () => {
    await append(4);
    await sequencer.run(tenantId);
    await intact();
    await owner.query("update log_entry set entry = entry || '\\x20' where tenant_id = $1 and position = 2", [
      tenantId,
    ]);
    await expect(intact()).rejects.not.toBeInstanceOf(DomainError);
    await owner.query(
      'update log_entry set entry = substr(entry, 1, length(entry) - 1) where tenant_id = $1 and position = 2',
      [tenantId],
    );
    await intact();
    await expect(expectLogIntact(tenancy, tenantId, aLogSigner().vkey(origin))).rejects.toMatchObject({
      code: 'PROOF_INVALID',
    });
  });
});
