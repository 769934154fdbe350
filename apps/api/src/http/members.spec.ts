import 'reflect-metadata';
import { validateSync } from 'class-validator';
import { IsCleanText, IsInstant, IsJsonValue } from './members.js';

class Members {
  @IsCleanText(10) text: unknown = 'fine';
  @IsCleanText(10, { each: true }) texts: unknown = ['fine', 'too'];
  @IsJsonValue() json: unknown = {};
  @IsInstant() instant: unknown = '2026-11-23T18:04:00Z';
}

const SECRET = 'Marker-4b1d';

const findingsOn = (member: keyof Members, value: unknown) => {
  const members = new Members();
  members[member] = value;
  return validateSync(members);
};

describe('clean text', () => {
  it('may be each of a list, and then none of it may be anything else', () => {
    expect(findingsOn('texts', [])).toEqual([]);
    for (const item of ['', '\ud800', '01234567890', 1, null, ['x']]) {
      expect(findingsOn('texts', ['fine', item])).toHaveLength(1);
    }
  });

  it.each(['x', '0123456789', 'ž\t\n\r', '𝔄'.repeat(5), 'a\u00a0b\u200b', ' '])('may be %j', (value) => {
    expect(findingsOn('text', value)).toEqual([]);
  });

  it.each([
    '',
    '01234567890',
    '\u0000',
    'a\u001bb',
    '\u007f',
    '\u0085',
    '\ud800',
    'a\udc00',
    7,
    null,
    undefined,
    ['a'],
    {},
  ])('is not %j', (value) => {
    expect(findingsOn('text', value)).toHaveLength(1);
  });
});

describe('a JSON value', () => {
  it.each([0, -1.5, '', 'text', false, [], {}, { a: [null] }, 'x'.repeat(65_534)])(
    'may be of any kind but null',
    (value) => {
      expect(findingsOn('json', value)).toEqual([]);
    },
  );

  it.each([
    null,
    undefined,
    'x'.repeat(65_535),
    ['\ud800'],
    { '\udc00': 1 },
    Number.NaN,
    [Infinity],
    [undefined],
  ])('is not %j', (value) => {
    expect(findingsOn('json', value)).toHaveLength(1);
  });
});

describe('an instant', () => {
  it.each([
    '2026-11-23T18:04:00Z',
    '2026-11-23T18:04:00.1Z',
    '2026-11-23T18:04:00.123456789Z',
    '2028-02-29T23:59:59Z',
    '1970-01-01T00:00:00Z',
  ])('may be %s', (value) => {
    expect(findingsOn('instant', value)).toEqual([]);
  });

  it.each([
    '2026-11-23',
    '2026-11-23T18:04Z',
    '2026-11-23T18:04:00',
    '2026-11-23T18:04:00+00:00',
    '2026-11-23t18:04:00z',
    '2026-11-23 18:04:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-23T24:00:00Z',
    '2026-11-23T18:60:00Z',
    '2026-11-23T18:04:60Z',
    '2026-11-23T18:04:00.Z',
    '2026-11-23T18:04:00.1234567890Z',
    '2026-11-23T18:04:00Z\n',
    '+002026-11-23T18:04:00Z',
    1_800_000_000_000,
    null,
    new Date(0),
  ])('is not %j', (value) => {
    expect(findingsOn('instant', value)).toHaveLength(1);
  });
});

it.each<Exclude<keyof Members, 'texts'>>(['text', 'json', 'instant'])(
  'a refusal of %s does not repeat what was sent',
  (member) => {
    const sent = { text: `${SECRET} and longer`, json: `${SECRET}\ud800`, instant: SECRET }[member];
    const [finding] = findingsOn(member, sent);
    expect(Object.values(finding?.constraints ?? {})).toHaveLength(1);
    expect(JSON.stringify(finding?.constraints)).not.toContain(SECRET);
  },
);
