import { createHash } from 'node:crypto';
import { aLogSigner } from '@personr/audit/testing';
import { openNote, parseVkey } from '@personr/proof';
import { claimsOf, DRILL_FORMAT, type DrillFindings, type DrillReport, signReport } from './drill-report.js';

const SOUND: DrillFindings = {
  before: { erased: [], rows: 4, opened: 0 },
  after: { erased: [], rows: 0, opened: 0 },
  survivors: { subjects: 1, values: 2, documents: 1, unreadable: 0 },
  replayed: { restoreId: 'one', tenants: new Map(), lost: [] },
  logs: { whole: 1, of: 1 },
};

describe('the report of a drill', () => {
  it('verifies offline with a pinned key, and no longer when a word of it is changed', () => {
    const report: DrillReport = {
      format: DRILL_FORMAT,
      at: '2026-11-30T17:00:00.000Z',
      backup: { id: 'one', madeAt: '2026-11-30T16:00:00.000Z' },
      erasedSince: [],
      claims: claimsOf(SOUND),
      seconds: { restore: 1 },
    };
    const signed = JSON.parse(JSON.stringify(signReport(report, aLogSigner()))) as ReturnType<
      typeof signReport
    >;
    const { text } = openNote(signed.signature, [parseVkey(signed.vkey)]);
    const digest = (of: object) => createHash('sha256').update(JSON.stringify(of)).digest('base64');
    expect(text).toBe(`${DRILL_FORMAT}\n${digest(signed.report)}\n`);
    expect(text).not.toContain(digest({ ...signed.report, at: '2026-11-30T17:00:00.001Z' }));
    const other = aLogSigner().vkey('personr.example/drill');
    expect(() => openNote(signed.signature, [parseVkey(other)])).toThrow();
  });

  it('R-61: says that a claim failed when one of the erased was read, one is left, or one survivor is not read', () => {
    const held = (changes: Partial<DrillFindings>) =>
      claimsOf({ ...SOUND, ...changes }).map((claim) => claim.held);
    expect(held({})).toEqual([true, true, true, true]);
    expect(held({ before: { erased: [], rows: 4, opened: 1 } })).toEqual([false, true, true, true]);
    expect(held({ after: { erased: [], rows: 1, opened: 0 } })).toEqual([true, false, true, true]);
    expect(held({ logs: { whole: 0, of: 1 } })).toEqual([true, true, true, false]);
    expect(held({ survivors: { ...SOUND.survivors, unreadable: 1 } })).toEqual([true, true, false, true]);
  });
});
