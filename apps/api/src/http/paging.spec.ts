import 'reflect-metadata';
import { newId } from '@personr/kernel';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { afterOf, pageOf, PageQuery } from './paging.js';

const query = (changes: object = {}): PageQuery => plainToInstance(PageQuery, changes);
const found = Array.from({ length: 7 }, (_, at) => ({ id: newId(new Date(1_800_000_000_000 - at)), at }));
const itemOf = ({ at }: { at: number }) => at;

describe('a page', () => {
  it('shows what was asked for, and a cursor only when there is more', () => {
    const page = (limit: number, rows = found) => pageOf(rows.slice(0, limit + 1), query({ limit }), itemOf);
    expect(page(3).items).toEqual([0, 1, 2]);
    expect(page(6).nextCursor).not.toBeNull();
    expect(page(7)).toEqual({ items: [0, 1, 2, 3, 4, 5, 6], nextCursor: null });
    expect(page(50).nextCursor).toBeNull();
    expect(page(3, [])).toEqual({ items: [], nextCursor: null });
  });

  it('leads by its cursors through the whole list, each item once', () => {
    const seen: number[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const asked = query({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      const after = afterOf(asked);
      const rows = found.filter(({ id }) => after === null || id < after).slice(0, asked.limit + 1);
      const page = pageOf(rows, asked, itemOf);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(found.map(itemOf));
  });

  it('begins at the beginning without a cursor', () => {
    expect(afterOf(query())).toBeNull();
    expect(query().limit).toBe(50);
  });

  it.each(['', 'x', '!!!', Buffer.from('not an id').toString('base64url'), newId(new Date())])(
    'is refused for the cursor %j, which no list gave',
    (cursor) => {
      expect(() => afterOf(query({ cursor }))).toThrow(
        expect.objectContaining({ code: 'CURSOR_MALFORMED' }) as Error,
      );
    },
  );

  it.each([
    ['1', true],
    ['200', true],
    ['0', false],
    ['201', false],
    ['-1', false],
    ['1.5', false],
    ['ten', false],
    ['', false],
    [['1', '2'], false],
  ])('of %j is allowed: %s', (limit, allowed) => {
    expect(validateSync(query({ limit })).length === 0).toBe(allowed);
  });

  it('has one cursor', () => {
    expect(validateSync(query({ cursor: ['a', 'b'] }))).toHaveLength(1);
  });
});
