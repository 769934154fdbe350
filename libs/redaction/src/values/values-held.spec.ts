import { valuesInBytes } from './find-values.js';
import { forbiddenValuesIn, forbiddenValuesOf, mayHoldForbidden } from './values-held.js';

const ZONE = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
const FLOATS = Array.from({ length: 32 }, (_, at) => Math.sin(at + 1));
const BYTES = Buffer.from(Float32Array.from(FLOATS).buffer);
const UVCI = 'URN:UVCI:01:XX:INVENTED123456789012';
const values = (found: readonly { value: string }[]) => found.map(({ value }) => value);

describe('R-44: the forbidden values that are held', () => {
  it.each([
    ['SSN', '666-21-4676', ['666-21-4676']],
    ['BANK_ACCOUNT_NUMBER', { iban: 'XX33INVENTED7428', branch: 12345678 }, ['XX33INVENTED7428', '12345678']],
    ['MRZ', ZONE.join('\n'), [ZONE.join('\n'), 'L898902C3']],
    ['MRZ', ZONE.join(''), [ZONE.join(''), 'L898902C3']],
    ['BARCODE_CONTENTS', 'INVENTED\nDAQUTO-D49767844\nDCSErik', [expect.anything(), 'UTO-D49767844']],
    ['VACCINATION_CERTIFICATE', JSON.stringify({ v: [{ ci: UVCI, dn: 2 }] }), [UVCI]],
    ['TEST_CERTIFICATE', { t: [{ ci: UVCI }] }, [UVCI]],
    ['FULL_NAME', 'Ada Invented', []],
  ] as const)('of %s are found', (element, value, expected) => {
    expect(values(forbiddenValuesOf(element, value as never))).toEqual(expected);
    expect(mayHoldForbidden(element)).toBe(expected.length > 0);
  });

  it.each([
    ['base64', BYTES.toString('base64')],
    ['numbers', { vector: FLOATS }],
  ])('are a face, held as %s, in whatever form it is written', (_, value) => {
    const held = forbiddenValuesOf('FACE_TEMPLATE', value);
    for (const file of [BYTES, Buffer.from(BYTES.toString('base64')), Buffer.from(JSON.stringify(FLOATS))])
      expect(valuesInBytes(file, held)).toHaveLength(1);
  });

  it.each([
    ['bytes', BYTES],
    ['JSON', Buffer.from(JSON.stringify({ engine: 'x', vector: FLOATS }))],
  ])('of a document are found too: a face in %s', (_, content) => {
    const held = forbiddenValuesIn('FACE_TEMPLATE', content);
    expect(valuesInBytes(Buffer.from(BYTES.toString('base64')), held)).toHaveLength(1);
  });

  it('of a document are found too: the number and the code of a certificate', () => {
    const code = `HC1:6BF${'NS90 TUV1 $%*+-./:'.repeat(3)}`;
    const found = forbiddenValuesIn(
      'VACCINATION_CERTIFICATE',
      Buffer.from(JSON.stringify({ ci: UVCI, code })),
    );
    expect(values(found)).toEqual([UVCI, code]);
    expect(forbiddenValuesIn('SELFIE', Buffer.from(UVCI))).toEqual([]);
  });
});
