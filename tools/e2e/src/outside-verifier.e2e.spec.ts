import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';

const ROOT = join(__dirname, '..', '..', '..');
const run = promisify(execFile);

describe('an outsider with the verifier', () => {
  let house: House;
  let bank: TestTenant;
  let url: string;
  let directory: string;
  let receipt: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'personr-outsider-'));
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'apps/verifier/package.json'), 'utf8')) as {
      scripts: { build: string };
    };
    const build = scripts.build.replace('--outfile=dist', `--outfile=${directory}`);
    execFileSync('sh', ['-c', `PATH="${join(ROOT, 'node_modules/.bin')}:$PATH" ${build}`], {
      cwd: join(ROOT, 'apps/verifier'),
    });
    house = await startHouse();
    await house.api.listen(0, '127.0.0.1');
    url = `${await house.api.getUrl()}/v1/evidence`;
    bank = await house.onboard('Bank');
    await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    const id = idOf(await bank.post('/v1/instructions', aDelete({ externalId: 'cust-1' })).expect(202));
    await house.ended(bank, id);
    receipt = (await bank.get(`/v1/instructions/${id}/receipt`).expect(200)).text;
    writeFileSync(join(directory, 'token'), bank.token, { mode: 0o600 });
  });

  afterAll(async () => {
    rmSync(directory, { recursive: true });
    await house.stop();
  });

  async function verify(...argv: string[]): Promise<{ code: number; said: string }> {
    const program = join(directory, 'personr-verify.mjs');
    try {
      const { stdout } = await run(process.execPath, [program, ...argv, '--key', bank.vkey], { env: {} });
      return { code: 0, said: stdout };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, said: stderr };
    }
  }

  const log = (place: string) =>
    verify('log', place, '--no-state', '--bearer-file', join(directory, 'token'));

  it('R-99: derives a tenant’s whole log anew, over the api and from the evidence store', async () => {
    const { code, said } = await log(url);
    expect(code).toBe(0);
    expect(said).toContain('Every entry from 0 to');
    const origin = /^[^+]+/.exec(bank.vkey)![0];
    expect(await log(join(house.evidenceDirectory, origin))).toMatchObject({ code: 0 });
  });

  it('R-102: accepts the receipt, and with one count changed does not', async () => {
    const file = join(directory, 'receipt.json');
    writeFileSync(file, receipt);
    expect(await verify('receipt', file)).toMatchObject({ code: 0 });
    writeFileSync(
      file,
      receipt.replace(/"erased":(\d+)/, (_, count: string) => `"erased":${Number(count) + 1}`),
    );
    expect(await verify('receipt', file)).toMatchObject({ code: 1 });
  });

  it('R-99: finds one entry that was changed directly in the database', async () => {
    const { rows } = await house.owner.query<{ position: string }>(
      `update log_entry set entry = overlay(entry placing '\\x7e'::bytea from 9 for 1)
        where tenant_id = $1 and position = 2 returning position`,
      [bank.tenantId],
    );
    expect(rows).toEqual([{ position: '2' }]);
    const { code, said } = await log(url);
    expect(code).toBe(1);
    expect(said).toMatch(/^REFUSED \(PROOF_INVALID\): Entry 2 is not the one whose hash the log published/);
  });
});
