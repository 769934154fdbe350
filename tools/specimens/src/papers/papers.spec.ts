import { inflateSync } from 'node:zlib';
import { p256 } from '@noble/curves/nist.js';
import { inventPerson } from '../people/invent-person.js';
import { encodeCbor } from './cbor.js';
import { faceTemplatesOf, FLOATS } from './face-template.js';
import { base45, healthCode, SPECIMEN_KEY } from './health-code.js';
import { sourceOfFundsOf } from './source-of-funds.js';

const PERSON = inventPerson('demo', 0);

describe('CBOR', () => {
  // RFC 8949, appendix A.
  it.each([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [100, '1864'],
    [1000, '1903e8'],
    [1000000, '1a000f4240'],
    [-1, '20'],
    [-100, '3863'],
    [-1000, '3903e7'],
    ['', '60'],
    ['IETF', '6449455446'],
    ['\u6c34', '63e6b0b4'],
    [Buffer.from('01020304', 'hex'), '4401020304'],
    [[], '80'],
    [[1, [2, 3], [4, 5]], '8301820203820405'],
    [
      new Map([
        [1, 2],
        [3, 4],
      ]),
      'a201020304',
    ],
    [{ a: 1, b: [2, 3] }, 'a26161016162820203'],
  ])('of %p is %s', (value, hex) => {
    expect(encodeCbor(value).toString('hex')).toBe(hex);
  });
});

describe('base45', () => {
  // RFC 9285, section 4.3.
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
  ])('of "%s" is "%s"', (text, encoded) => {
    expect(base45(Buffer.from(text))).toBe(encoded);
  });
});

describe('a health code', () => {
  const certificate = { ver: '1.3.0', dob: '1983-08-22' };
  const message = inflateSync(unpack45(healthCode(certificate).slice('HC1:'.length)));

  it('holds the certificate in a COSE message under tag 18', () => {
    expect(message.subarray(0, 2).toString('hex')).toBe('d284');
    expect(message.includes(encodeCbor(certificate))).toBe(true);
  });

  it('is signed by the key that anybody can make', () => {
    const signature = message.subarray(-64);
    // [protected, unprotected, payload, signature]: two heads and 13 bytes, an empty map, then the payload.
    const [header, rest] = [message.subarray(2, 2 + 1 + 13), message.subarray(2 + 1 + 13 + 1, -66)];
    const signed = Buffer.concat([
      Buffer.from('846a5369676e617475726531', 'hex'),
      header,
      Buffer.from('40', 'hex'),
      rest,
    ]);
    const key = p256.getPublicKey(SPECIMEN_KEY);
    expect(p256.verify(signature, signed, key)).toBe(true);
    signed[signed.length - 1]! ^= 1;
    expect(p256.verify(signature, signed, key)).toBe(false);
  });
});

describe('face templates', () => {
  const vectorOf = (index: number) => {
    const [binary, json] = faceTemplatesOf(inventPerson('demo', index));
    const floats = Array.from({ length: FLOATS }, (_, at) => binary!.bytes.readFloatLE(at * 4));
    return { floats, json: JSON.parse(json!.bytes.toString()) as { vector: number[] } };
  };

  it('are 512 floats of length 1, the same in both forms', () => {
    const { floats, json } = vectorOf(0);
    expect(Math.sqrt(floats.reduce((sum, value) => sum + value * value, 0))).toBeCloseTo(1, 5);
    expect(json.vector).toEqual(floats);
  });

  it('are no two the same, nor alike, among a thousand people', () => {
    const crowd = Array.from({ length: 1000 }, (_, index) => vectorOf(index).floats);
    const likeness = crowd
      .slice(1)
      .map((floats) => floats.reduce((sum, value, at) => sum + value * crowd[0]![at]!, 0));
    expect(Math.max(...likeness)).toBeLessThan(0.3);
    expect(new Set(crowd.map((floats) => floats.join())).size).toBe(1000);
  });
});

describe('the statement of funds', () => {
  it('is one page of PDF with an author, a title and times to be stripped', async () => {
    const { bytes, facts } = await sourceOfFundsOf(PERSON);
    const text = bytes.toString('latin1');
    expect(text).toMatch(/^%PDF-1\.\d\n/);
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
    expect(text.match(/\/Type \/Page\n/g)).toHaveLength(1);
    // The cross-reference table is where the trailer says, and its first object too.
    const table = text.slice(Number(/startxref\n(\d+)/.exec(text)![1]));
    expect(table).toMatch(/^xref\n0 \d+\n/);
    expect(text.slice(Number(/\n(\d{10}) 00000 n/.exec(table)![1]))).toMatch(/^\d+ 0 obj/);
    expect(facts.metadata!.filter((value) => !text.includes(value))).toEqual([]);
    expect(text).toContain('(D:20261120100000Z)');
    expect(facts.accountNumber).toBe(PERSON.bankAccountNumber);
  });
});

/** Base45 turned back, for well-formed text. */
function unpack45(text: string): Buffer {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = Array.from(text.slice(at, at + 3), (character) => alphabet.indexOf(character));
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    bytes.push(...(digits.length === 3 ? [value >> 8, value & 0xff] : [value]));
  }
  return Buffer.from(bytes);
}
