import { aCosigner } from '@personr/proof/testing';
import { parseWitnesses } from './witness-address.js';

const [ONE, TWO] = [aCosigner(1).vkey, aCosigner(2).vkey];
const SECRET = 'Marker-77c1';

describe('the list of witnesses', () => {
  it('is URL and key of each, and may be empty', () => {
    expect(parseWitnesses('')).toEqual([]);
    expect(parseWitnesses(`https://one.example/w/ ${ONE}\n  http://two.example ${TWO}`)).toEqual([
      {
        url: 'https://one.example/w',
        witness: expect.objectContaining({ name: 'witness.example/w1' }) as object,
      },
      {
        url: 'http://two.example',
        witness: expect.objectContaining({ name: 'witness.example/w2' }) as object,
      },
    ]);
  });

  it.each([
    SECRET,
    `https://one.example`,
    `https://one.example ${SECRET}`,
    `${SECRET} ${ONE}`,
    `ftp://one.example ${ONE}`,
    `https://user:${SECRET}@one.example ${ONE}`,
    `https://one.example?${SECRET} ${ONE}`,
    `https://one.example ${ONE} https://two.example ${ONE}`,
  ])('is refused without being quoted: %s', (text) => {
    try {
      parseWitnesses(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
      expect((error as Error).message).not.toContain(SECRET);
      return;
    }
    throw new Error('it was taken');
  });
});
