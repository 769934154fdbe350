import { createHash } from 'node:crypto';
import { ed25519Signer, signNote } from '@personr/proof';
import { runCommand } from './run-command.spec-helper.js';

const signer = ed25519Signer('personr.example/drill', new Uint8Array(32).fill(7));
const other = ed25519Signer('personr.example/drill', new Uint8Array(32).fill(8));

const REPORT = {
  format: 'personr-drill/1',
  at: '2026-11-30T17:00:00.000Z',
  backup: { id: 'one', madeAt: '2026-11-30T16:00:00.000Z' },
  erasedSince: [{ tenantId: 't', instructionId: 'i', subjectId: 's' }],
  claims: [
    { claim: 'after the replay nothing of them is left', held: true, found: '0 left' },
    { claim: 'the log goes on where it was signed last', held: true, found: '1 of 1 logs' },
  ],
  seconds: { restore: 1.5 },
};

const signed = (report: object, by = signer) => {
  const digest = createHash('sha256').update(JSON.stringify(report)).digest('base64');
  return { report, signature: signNote(`personr-drill/1\n${digest}\n`, [by]), vkey: by.vkey };
};

const verify = (file: unknown, more: readonly string[] = []) =>
  runCommand(['drill', '-', '--key', signer.vkey, ...more], { stdin: Buffer.from(JSON.stringify(file)) });

describe('R-61: personr-verify drill', () => {
  it('accepts the signed report of a drill in which every claim held, however it is laid out', async () => {
    const { code, out } = await verify(signed(REPORT));
    expect(code).toBe(0);
    expect(out).toContain(
      'VERIFIED: the drill of 2026-11-30T17:00:00.000Z on the backup of 2026-11-30T16:00:00.000Z',
    );
    expect(out).toContain('Held: after the replay nothing of them is left (0 left).');
    const spaced = Buffer.from(JSON.stringify(signed(REPORT), null, 2));
    expect((await runCommand(['drill', '-', '--key', signer.vkey], { stdin: spaced })).code).toBe(0);
  });

  it('says so of a genuine report in which a claim did not hold, and ends with 1', async () => {
    const failed = { ...REPORT, claims: [{ ...REPORT.claims[0]!, held: false }, REPORT.claims[1]] };
    const { code, out } = await verify(signed(failed));
    expect(code).toBe(1);
    expect(out).toContain('NOT AS CLAIMED: the drill of');
    expect(out).toContain('FAILED: after the replay nothing of them is left');
    expect(JSON.parse((await verify(signed(failed), ['--json'])).out)).toMatchObject({ verified: false });
  });

  it('refuses a report of which a word was changed, and one by another key, whatever key it brings', async () => {
    const genuine = signed(REPORT);
    const changed = { ...genuine, report: { ...REPORT, at: '2026-11-30T17:00:01.000Z' } };
    expect((await verify(changed)).err).toContain('not the one that was signed');
    expect((await verify(signed(REPORT, other))).err).toContain('None of the trusted keys signed');
  });

  it.each([null, 5, [], {}, { report: {}, signature: 5 }, { report: null, signature: 'x' }])(
    'refuses %j, which is none',
    async (file) => {
      expect(await verify(file)).toMatchObject({ code: 1, out: '' });
    },
  );

  it('refuses a signed report of another shape', async () => {
    for (const report of [{ ...REPORT, format: 'personr-drill/2' }, { ...REPORT, claims: [] }, {}]) {
      expect((await verify(signed(report))).err).toContain('not a report of the format');
    }
  });
});
