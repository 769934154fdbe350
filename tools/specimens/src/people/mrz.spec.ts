import { isDomainError } from '@personr/kernel';
import { checkDigit, mrzTd3 } from './mrz.js';

// ICAO 9303 part 4, the specimen of appendix B.
const LINES = [
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
];
const SPECIMEN = {
  issuer: 'UTO',
  nationality: 'UTO',
  surname: 'Eriksson',
  givenNames: 'Anna Maria',
  documentNumber: 'L898902C3',
  dateOfBirth: '1974-08-12',
  sex: 'F',
  expiry: '2012-04-15',
  optionalData: 'ZE184226B',
} as const;

describe('machine-readable zone', () => {
  it('writes the specimen of ICAO 9303 part 4 to the letter', () => {
    expect(mrzTd3(SPECIMEN)).toEqual(LINES);
  });

  it.each([
    ['L898902C3', '6'],
    ['740812', '2'],
    ['120415', '9'],
    ['ZE184226B<<<<<', '1'],
    ['L898902C3674081221204159ZE184226B<<<<<1', '0'],
    ['520727', '3'],
    ['', '0'],
  ])('gives "%s" the check digit %s', (text, digit) => {
    expect(checkDigit(text)).toBe(digit);
  });

  it('refuses what a machine-readable zone cannot hold', () => {
    let refusal: unknown;
    try {
      checkDigit('é');
    } catch (error) {
      refusal = error;
    }
    expect(isDomainError(refusal, 'VALIDATION_FAILED')).toBe(true);
  });

  it('keeps to 44 characters whatever the names', () => {
    const long = mrzTd3({ ...SPECIMEN, surname: "O'Example-Wright ".repeat(9), sex: 'X', optionalData: '' });
    expect(long.map((line) => line.length)).toEqual([44, 44]);
    expect(long.join('')).toMatch(/^[0-9A-Z<]+$/);
    expect(long[1][20]).toBe('<');
  });
});
