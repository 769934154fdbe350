import { aReturn } from '@personr/instruction/testing';
import { newId } from '@personr/kernel';
import { subjectPrefix } from '@personr/stores';
import { aNewRecord } from '@personr/subjects/testing';
import { Bench, NOTHING, OBJECTS } from './execution.bench.spec-helper.js';
import { sweepEverythingOver } from './testing.js';

describe('a sweep over everything', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.open();
  });

  afterEach(() => bench.close());

  const sweep = () => sweepEverythingOver({ ...bench.parts, clock: bench.clock }).run(bench.bank.tenantId);
  const CLEAN = { residues: 0, left: 0, rowsWithoutKey: 0, keysWithoutSubject: 0, rootsReturned: 0 };

  const anErased = async () => {
    const order = await bench.aCase();
    await bench.run(bench.worker(), order);
    expect(await bench.remains(order)).toEqual(NOTHING);
    return order;
  };

  it('R-62: finds nothing where nothing was left, and looks at everything', async () => {
    await anErased();
    await anErased();
    const kept = await bench.admit('kept');
    await bench.addDocument(kept);
    const rows = (await bench.within((tx) => tx.record.count())) + 1;
    expect(await sweep()).toEqual({ tenantId: bench.bank.tenantId, erasures: 2, rows, ...CLEAN });
  });

  it('R-57: leaves what came in after what was returned', async () => {
    const { type, writing } = aReturn();
    const one = await bench.aCase({ type, writing });
    await bench.run(bench.worker(), one);
    bench.clock.advance(1000);
    const records = [aNewRecord({ element: 'FULL_NAME', value: 'Ada Later' })];
    await bench.subjects.add.run(bench.bank, { subjectId: one.subjectId, records }, null);
    const manifestSha256 = (await bench.view(one)).transfer?.manifestSha256 ?? '';
    await bench.acknowledge({ id: one.instructionId, manifestSha256, receivedAt: bench.clock.now() });
    await bench.run(bench.worker(), one);
    expect((await bench.view(one)).instruction.state).toBe('COMPLETED');
    expect(await sweep()).toMatchObject({ ...CLEAN, erasures: 0, rows: 1 });
    expect(await bench.remains(one)).toMatchObject({ records: 1, subjects: 1 });
  });

  it('R-62: removes what came back of somebody who was erased: rows, bytes and the subject, with an entry', async () => {
    const erased = await anErased();
    const { tenantId } = bench.bank;
    const lent = await bench.admit('lent');
    // An old copy of rows and bytes, put back by somebody.
    await bench.owner.query(
      `insert into subject select tenant_id, $2, 'returned', role, residency, created_at, null from subject
        where tenant_id = $1 and id = $3`,
      [tenantId, erased.subjectId, lent],
    );
    await bench.owner.query(
      `insert into record (tenant_id, id, subject_id, role, element, source, purpose, collected_at, created_at, key_id, sealed)
       select tenant_id, gen_random_uuid(), $2, role, element, source, purpose, collected_at, created_at, $4, sealed
         from record where tenant_id = $1 and subject_id = $3 limit 1`,
      [tenantId, erased.subjectId, lent, newId(bench.clock.now())],
    );
    await OBJECTS.put(
      `${subjectPrefix(tenantId, erased.subjectId)}00`,
      (async function* () {
        yield await Promise.resolve(Buffer.from('sealed'));
      })(),
    );
    bench.clock.advance(1000);
    expect(await sweep()).toMatchObject({ ...CLEAN, erasures: 1, residues: 1 });
    expect(await bench.remains(erased)).toEqual(NOTHING);
    expect((await bench.story(erased)).at(-1)).toBe('erasure.residue_found');
    expect(await sweep()).toMatchObject({ ...CLEAN, erasures: 1 });
    expect(await bench.within((tx) => tx.subject.count())).toBe(1);
  });

  it('R-70: says which rows nobody can open, and removes none of them', async () => {
    const kept = await bench.admit('kept');
    await bench.owner.query('update record set key_id = $2 where subject_id = $1', [
      kept,
      newId(bench.clock.now()),
    ]);
    const { rows, rowsWithoutKey } = await sweep();
    expect(rowsWithoutKey).toBe(rows);
    expect(await bench.within((tx) => tx.record.count())).toBe(rows);
  });

  it('leaves alone what an erasure under way has not come to', async () => {
    const order = await bench.aCase();
    await bench.owner.query('update record set key_id = $2 where subject_id = $1', [
      order.subjectId,
      newId(bench.clock.now()),
    ]);
    await bench.owner.query('update subject set erasing_by = $2 where id = $1', [
      order.subjectId,
      order.instructionId,
    ]);
    expect(await sweep()).toMatchObject({ ...CLEAN, erasures: 0, rows: 0 });
  });

  it('tells of keys that an intake left behind, once no intake can be between the two', async () => {
    const kept = await bench.admit('kept');
    await bench.owner.query('delete from record where subject_id = $1', [kept]);
    await bench.owner.query('delete from subject where id = $1', [kept]);
    expect(await sweep()).toMatchObject({ keysWithoutSubject: 0 });
    bench.clock.advance(2 * 3_600_000);
    expect(await sweep()).toMatchObject({ ...CLEAN, keysWithoutSubject: 1 });
  });
});
