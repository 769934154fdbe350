import { parseTokenUri } from './token-uri.js';

const library = '/usr/lib/softhsm/libsofthsm2.so';

describe('the address of a token', () => {
  it.each([
    [`pkcs11:token=first?module-path=${library}&pin-source=file:/run/pin`],
    [`pkcs11:serial=1;token=first?pin-source=file:///run/pin&module-path=${library}`],
    [`pkcs11:token=%66irst?module-path=%2Fusr/lib/softhsm/libsofthsm2.so&pin-source=/run/pin`],
  ])('is read from %s', (uri) => {
    expect(parseTokenUri(uri)).toEqual({ library, label: 'first', pinFile: '/run/pin' });
  });

  it.each([
    '',
    'pkcs11:token=first',
    `pkcs11:?module-path=${library}&pin-source=file:/run/pin`,
    `pkcs11:token=first?module-path=libsofthsm2.so&pin-source=file:/run/pin`,
    `pkcs11:token=first?module-path=${library}&pin-value=729401`,
    `pkcs11:token=%E0%A4%A?module-path=${library}&pin-source=file:/run/pin`,
  ])('is refused without its words: %s', (uri) => {
    const refusal = (() => {
      try {
        return parseTokenUri(uri);
      } catch (error) {
        return error as Error & { code: string };
      }
    })();
    expect(refusal).toMatchObject({ code: 'CONFIG_INVALID' });
    expect((refusal as Error).message).not.toContain('729401');
  });
});
