import { parseJwksUri } from './jwks-uri.js';

describe('the URL of a key set', () => {
  it.each([
    ['https://keys.business.example/jwks.json', 'https://keys.business.example/jwks.json'],
    ['https://KEYS.Business.example:443', 'https://keys.business.example/'],
    ['https://keys.business.example/a?tenant=1', 'https://keys.business.example/a?tenant=1'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('may be %s', (text, href) => {
    expect(parseJwksUri(text).href).toBe(href);
  });

  it.each([
    'http://keys.business.example/',
    'file:///etc/passwd',
    'ftp://keys.business.example/',
    'data:application/json,{}',
    'https://user@keys.business.example/',
    'https://:secret@keys.business.example/',
    'https://keys.business.example/#part',
    'https://keys.business.example:8443/',
    'https://keys.business.example:80/',
    'https://localhost/',
    'https://intranet/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://①②⑦.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://8.8.8.8/',
    'https://keys.business.example./',
    'https://-keys.example/',
    'https://keys_of.example/',
    `https://keys.business.example/${'a'.repeat(500)}`,
    'https://keys.business.example/jwks.json\n',
    ' https://keys.business.example/',
    'https://keys.busi\tness.example/',
    'keys.business.example',
    '',
  ])('may not be %s, and is not quoted', (text) => {
    expect(() => parseJwksUri(text)).toThrow(
      expect.objectContaining({
        code: 'KEY_SET_REFUSED',
        message: expect.not.stringContaining('keys.business') as unknown,
      }) as Error,
    );
  });
});
