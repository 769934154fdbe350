import { newKey } from './aead.js';
import { normalise, macOf } from './identity.js';

describe('an identity', () => {
  it.each([
    ['EMAIL', '  Ana.EXAMPLE@Mail.Example ', 'ana.example@mail.example'],
    ['EMAIL', 'jose\u0301@mail.example', 'jos\u00e9@mail.example'],
    ['PHONE', '+1 (415) 555-0100', '+14155550100'],
    ['PHONE', 'n/a', ''],
    ['EXTERNAL_ID', ' User-7 ', 'User-7'],
    ['DOCUMENT_NUMBER', '\tX1234567\n', 'X1234567'],
  ] as const)('%s %j is known as %j', (type, value, known) => {
    expect(normalise({ type, value })).toBe(known);
  });

  it('has one MAC of 16 bytes however it is spelt, and others for another type and another tenant', () => {
    const key = newKey();
    const mac = macOf(key, { type: 'EMAIL', value: 'ana@mail.example' });
    expect(mac).toHaveLength(16);
    expect(macOf(key, { type: 'EMAIL', value: 'ANA@mail.example ' })).toEqual(mac);
    expect(macOf(key, { type: 'EXTERNAL_ID', value: 'ana@mail.example' })).not.toEqual(mac);
    expect(macOf(newKey(), { type: 'EMAIL', value: 'ana@mail.example' })).not.toEqual(mac);
  });
});
