import { valuesInBytes, valuesInText } from './find-values.js';
import { type ForbiddenValue } from './forbidden-value.js';
import { formsOf } from './normalise.js';

const SSN: ForbiddenValue = { kind: 'SSN', value: '666-21-4676' };
const LICENCE: ForbiddenValue = { kind: 'DRIVERS_LICENCE_NUMBER', value: 'UTO-D49767844' };
const ACCOUNT: ForbiddenValue = { kind: 'ACCOUNT_NUMBER', value: 'XX33INVENTED742894124024' };
const FLOATS = Array.from({ length: 32 }, (_, at) => Math.sin(at + 1));
const TEMPLATE: ForbiddenValue = {
  kind: 'BIOMETRIC',
  value: Buffer.from(Float32Array.from(FLOATS).buffer).toString('base64'),
};
const ALL = [SSN, LICENCE, ACCOUNT, TEMPLATE];

const percent = (text: string): string =>
  Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
const entities = (text: string): string =>
  Array.from(text, (character) => `&#${String(character.charCodeAt(0))};`).join('');
const escaped = (text: string): string =>
  Array.from(text, (character) => `\\u00${character.charCodeAt(0).toString(16)}`).join('');
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('R-44: a forbidden value is found in a file', () => {
  it.each<[string, ForbiddenValue, string | Buffer]>([
    ['as it is', SSN, 'number 666-21-4676 held'],
    ['without its dashes', SSN, 'number 666214676 held'],
    ['with blanks', SSN, '666 21 4676'],
    ['with dashes of another kind', SSN, '666\u201321\u20114676'],
    ['with blanks that take no room', SSN, '666\u200b21\u20604676'],
    ['over two lines', SSN, '666-21-\r\n4676'],
    ['in wide digits', SSN, '６６６２１４６７６'],
    ['in small letters', LICENCE, 'uto-d49767844'],
    ['without the prefix of the issuer', LICENCE, 'D49767844'],
    ['with fillers of a zone', LICENCE, 'D<49767<844<'],
    ['as another number with the same digits', LICENCE, 'SPECIMEN49767844'],
    ['in groups of four', ACCOUNT, 'XX33 INVE NTED 7428 9412 4024'],
    ['in percent escapes', SSN, percent(SSN.value)],
    ['in HTML escapes', SSN, entities(SSN.value)],
    ['between HTML tags', SSN, '666-<b>21</b>-<span class="x">4676</span>'],
    ['in JSON escapes', LICENCE, `{"a":"${escaped(LICENCE.value)}"}`],
    ['in quoted printable', SSN, '=36=36=36-21=\r\n-4676'],
    ['in base64', LICENCE, `data:text/plain;base64,${base64('the number is UTO-D49767844.')}`],
    ['in base64 of base64', LICENCE, base64(`x ${base64('the number is UTO-D49767844.')}`)],
    ['in hexadecimal', SSN, Buffer.from('id 666-21-4676').toString('hex')],
    ['in UTF-16', SSN, Buffer.from('a 666-21-4676', 'utf16le')],
    ['in UTF-16 of the other order', SSN, swapped('a 666-21-4676')],
    [
      'in UTF-16 at an odd place',
      SSN,
      Buffer.concat([Buffer.from('x'), Buffer.from('666-21-4676', 'utf16le')]),
    ],
    ['between bytes that are no text', SSN, Buffer.from('\xff\xfe\x80666-21-4676\xff', 'latin1')],
    ['as measurements in base64', TEMPLATE, `{"template":"${TEMPLATE.value}"}`],
    [
      'as measurements written out',
      TEMPLATE,
      JSON.stringify({ floats: FLOATS.map((each) => Number(each.toFixed(5))) }),
    ],
    ['as measurements in bytes', TEMPLATE, Buffer.from(TEMPLATE.value, 'base64')],
  ])('%s', (_, value, content) => {
    expect(valuesInBytes(Buffer.from(content), ALL)).toEqual([value]);
  });

  it.each<[string, string]>([
    ['numbers that make it up only across the cells of a table', 'a,666,214676\n1,2,3'],
    ['one with another digit', '666-21-4677'],
    ['other text', 'Mockbert Imaginary, 22 AUG 1983, CA 00006, 4676, D497'],
    ['nothing', ''],
  ])('and not in %s', (_, content) => {
    expect(valuesInBytes(Buffer.from(content), ALL)).toEqual([]);
    expect(valuesInText(content, ALL)).toEqual([]);
  });

  it('in no form that is too short to be told from chance', () => {
    expect(formsOf('a-1')).toEqual([]);
    expect(formsOf('UTO-D49767844')).toEqual(['UTOD49767844', 'D49767844', '49767844']);
  });
});
