import { isId, newId, newSubjectRef, parseId, parseSubjectRef } from './id.js';

const AT = new Date('2026-11-23T18:00:00.000Z');

describe('ids', () => {
  it('are lower-case UUIDs of version 7 and variant 2 that hold their instant (RFC 9562, section 5.7)', () => {
    for (let round = 0; round < 200; round += 1) {
      const id = newId(AT);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(AT.getTime());
    }
  });

  it('sort by the time they were made, over decades', () => {
    const instants = [
      '1970-01-01',
      '2026-11-23T18:00:00.000Z',
      '2026-11-23T18:00:00.001Z',
      '2106-02-08',
      '2999-01-01',
    ];
    const ids = instants.map((instant) => newId(new Date(instant)));
    expect([...ids].sort()).toEqual(ids);
  });

  it('do not repeat within a millisecond', () => {
    expect(new Set(Array.from({ length: 5000 }, () => newId(AT))).size).toBe(5000);
  });

  it('are read back as they were written', () => {
    const id = newId<'tenant'>(AT);
    expect(parseId<'tenant'>(id)).toBe(id);
    expect(isId(id)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['another version', '019ab0c4-5a00-4000-8000-000000000001'],
    ['another variant', '019ab0c4-5a00-7000-c000-000000000001'],
    ['upper case', '019AB0C4-5A00-7000-8000-000000000001'],
    ['no dashes', '019ab0c45a0070008000000000000001'],
    ['a line break at the end', '019ab0c4-5a00-7000-8000-000000000001\n'],
    ['something in front', ' 019ab0c4-5a00-7000-8000-000000000001'],
    ['a digit too many', '019ab0c4-5a00-7000-8000-0000000000012'],
  ])('refuse %s', (_, text) => {
    expect(isId(text)).toBe(false);
    expect(() => parseId(text)).toThrow(expect.objectContaining({ code: 'ID_MALFORMED' }) as Error);
  });

  it('are refused without repeating what was sent', () => {
    expect(() => parseId('ada@people.example')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('ada') as string }) as Error,
    );
  });
});

describe('subject references', () => {
  it('are 128 random bits, derived from nothing', () => {
    const references = Array.from({ length: 1000 }, newSubjectRef);
    expect(new Set(references).size).toBe(1000);
    for (const reference of references) expect(parseSubjectRef(reference)).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(['', '0'.repeat(31), '0'.repeat(33), 'G'.repeat(32), 'A'.repeat(32), `${'0'.repeat(32)}\n`])(
    'refuse %j',
    (text) => {
      expect(() => parseSubjectRef(text)).toThrow(expect.objectContaining({ code: 'ID_MALFORMED' }) as Error);
    },
  );
});
