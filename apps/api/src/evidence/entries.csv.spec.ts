import { type LoggedEntry } from '@personr/audit';
import { CSV_HEAD, csvOf } from './entries.csv.js';

const entry = (changes: Partial<LoggedEntry>): LoggedEntry => ({
  id: '01936d2b-9ac0-7abc-8def-0123456789ab' as LoggedEntry['id'],
  index: 41,
  at: '2026-11-24T18:00:00.173Z',
  event: 'instruction.closed',
  actor: { kind: 'SYSTEM' },
  instructionId: null,
  subjectRef: null,
  from: null,
  to: null,
  outcome: 'COMPLETED',
  reasonCode: null,
  policyVersion: null,
  requestId: null,
  commitment: null,
  detail: null,
  ...changes,
});

describe('entries as a table', () => {
  it('have a cell for each column, in quotes', () => {
    const [line] = csvOf([entry({ detail: { text: 'a "b",\nc' } })]).split('\r\n');
    expect(line).toBe(
      '"41","01936d2b-9ac0-7abc-8def-0123456789ab","2026-11-24T18:00:00.173Z","instruction.closed","SYSTEM","","","","","","COMPLETED","","","","","{""text"":""a \\""b\\"",\\nc""}"',
    );
    expect(line!.split('","')).toHaveLength(CSV_HEAD.split(',').length);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('hold no formula: %j', (text) => {
    const line = csvOf([entry({ reasonCode: text })]);
    expect(line).toContain(`"'${text}"`);
    expect(line).not.toContain(`"${text}"`);
  });
});
