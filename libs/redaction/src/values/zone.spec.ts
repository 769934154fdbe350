import { checkDigit, looksLikeZone, zoneOf } from './zone.js';

// The specimens of ICAO 9303, parts 4 and 5.
const TD3 = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
const TD1 = [
  'I<UTOD231458907<<<<<<<<<<<<<<<',
  '7408122F1204159UTO<<<<<<<<<<<6',
  'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
];

describe('R-45: a machine-readable zone', () => {
  it('has check digits by ICAO 9303', () => {
    expect(checkDigit('L898902C3')).toBe('6');
    expect(checkDigit('D23145890')).toBe('7');
  });

  it.each([
    ['of a passport', TD3, { documentNumber: 'L898902C3', format: 'TD2_OR_TD3' }],
    ['of a card', TD1, { documentNumber: 'D23145890', format: 'TD1' }],
    ['with a zero for a letter', [TD3[1]!.replace('UTO', 'UT0')], { documentNumber: 'L898902C3' }],
    ['with a letter for a digit', [TD3[1]!.replace('7408122', '74O8I22')], { documentNumber: 'L898902C3' }],
    ['with a letter too many', [TD1[0]!.replace('UTO', 'UTO0'), TD1[1]!], { documentNumber: 'D23145890' }],
    ['with blanks', [TD3[1]!.replace('UTO', ' U T O ')], { documentNumber: 'L898902C3' }],
  ])('is read %s', (_, lines, zone) => {
    expect(zoneOf(lines)).toMatchObject(zone);
  });

  it.each([
    ['number', [TD3[1]!.replace('L898902C3', 'L898902C4')]],
    ['birth date', [TD3[1]!.replace('7408122', '7408112')]],
    ['expiry date', [TD3[1]!.replace('1204159', '1204158')]],
    ['second line', [TD1[0]!, TD1[1]!.replace('7408122', '7408112')]],
  ])('is not taken for read when the check digit of its %s is wrong', (_, lines) => {
    expect(zoneOf(lines)).toBeUndefined();
  });

  it.each([...TD3, ...TD1, 'P<UTOIMAGINARY<<KMOCKBERT<<<<<<KKKLKLKKLLK'])(
    'is known by a line of it: %s',
    (line) => {
      expect(looksLikeZone(line)).toBe(true);
    },
  );

  it.each([
    'an invented state: ICAO 9303 specimen code UTO',
    'OFFICE OF INVENTED PAPERS',
    'ot exist (ISO/IEC 7812, IS(',
    'U51302279',
    '',
  ])('is not seen in %p', (line) => {
    expect(looksLikeZone(line)).toBe(false);
  });
});
