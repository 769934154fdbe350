import { costOf } from './request-cost.js';

const MIB = 1024 * 1024;

describe('what a request costs', () => {
  it.each([
    ['nothing in it', {}, 1],
    ['an empty body', { 'content-length': '0' }, 1],
    ['16 MiB', { 'content-length': String(16 * MIB) }, 1],
    ['one byte more', { 'content-length': String(16 * MIB + 1) }, 2],
    ['5 GiB', { 'content-length': String(5 * 1024 * MIB) }, 320],
    ['a stream of unknown length', { 'transfer-encoding': 'chunked' }, 64],
    ['a length that is none', { 'content-length': 'NaN' }, 1],
  ])('with %s', (_, headers, cost) => {
    expect(costOf(headers)).toBe(cost);
  });
});
