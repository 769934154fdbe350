import { mediaTypeOf } from './media-type.js';

describe('the content type of a document', () => {
  it.each([
    ['image/png', 'image/png'],
    ['Image/JPEG', 'image/jpeg'],
    ['application/json', 'application/json'],
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
    ['text/plain;charset="UTF-8"', 'text/plain; charset=utf-8'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
    ['', 'application/octet-stream'],
  ])('is kept: %s', (sent, kept) => {
    expect(mediaTypeOf(sent)).toBe(kept ?? sent);
  });

  it.each([
    'application/pdf; name="Ada Invented.pdf"',
    "application/pdf; name*=UTF-8''Ada%20Invented",
    'application/pdf; charset="Ada Invented"',
    'application/pdf; filename=charset=Ada',
    'application/pdf; boundary=Ada',
  ])('keeps no parameter that could name somebody: %s', (sent) => {
    expect(mediaTypeOf(sent)).toBe('application/pdf');
  });

  it.each([
    'image',
    'image/',
    '/png',
    'image/png/x',
    'ada/invented',
    'image/a b',
    'image/pn\u0000g',
    `image/${'x'.repeat(65)}`,
  ])('is refused without being quoted when it is none: %j', (sent) => {
    expect(() => mediaTypeOf(sent)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error);
  });
});
