import { partOf } from './byte-range.js';

describe('a range of a document of ten bytes', () => {
  it.each<[string | undefined, ReturnType<typeof partOf>]>([
    [undefined, null],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-5', { start: 2, end: 5 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=9-99', { start: 9, end: 9 }],
    ['bytes= 1 - 2', { start: 1, end: 2 }],
    ['bytes=10-', 'UNSATISFIABLE'],
    ['bytes=10-12', 'UNSATISFIABLE'],
    ['bytes=-0', 'UNSATISFIABLE'],
    ['bytes=5-2', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['lines=0-1', null],
    ['bytes=a-b', null],
    ['bytes=0-9999999999999999999', null],
  ])('%s', (range, part) => {
    expect(partOf(range, 10)).toEqual(part);
  });
});
