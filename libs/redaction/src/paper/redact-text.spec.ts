import { type ForbiddenValue } from '../values/forbidden-value.js';
import { NOT_SHOWN, redactJson, redactText } from './redact-text.js';

const SSN: ForbiddenValue = { kind: 'SSN', value: '666-21-4676' };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('R-44: a document of text', () => {
  it('of JSON is given with what is forbidden replaced, as text and as number', () => {
    const given = redactJson(
      json({
        name: 'Mockbert',
        ids: [{ ssn: '666 21 4676' }, 666214676],
        v: { ci: 'URN:UVCI:01:XX:1' },
        qr: 'HC1:A',
      }),
      [SSN],
    );
    if (given.outcome !== 'GIVEN') throw new Error(given.reason);
    expect(given.covered).toBe(4);
    expect(JSON.parse(given.bytes.toString())).toEqual({
      name: 'Mockbert',
      ids: [{ ssn: NOT_SHOWN }, NOT_SHOWN],
      v: { ci: NOT_SHOWN },
      qr: NOT_SHOWN,
    });
  });

  it.each([
    ['holds it in the name of a member', json({ '666-21-4676': 1 }), 'VALUE_LEFT'],
    ['is no JSON', Buffer.from('{"a":'), 'UNREADABLE'],
    ['is no UTF-8', Buffer.from('"\xff\xfe"', 'latin1'), 'UNREADABLE'],
  ])('of JSON is withheld when it %s', (_, bytes, reason) => {
    expect(redactJson(bytes, [SSN])).toMatchObject({ outcome: 'WITHHELD', reason });
  });

  it('of plain text is given when nothing is in it, and withheld otherwise', () => {
    expect(redactText(Buffer.from('cloud shepherd'), [SSN])).toMatchObject({ outcome: 'GIVEN' });
    expect(redactText(Buffer.from('his 666.21.4676'), [SSN])).toMatchObject({ reason: 'VALUE_LEFT' });
    expect(redactText(Buffer.from('a\0b'), [SSN])).toMatchObject({ reason: 'NOT_WHAT_IT_SAYS' });
  });
});
