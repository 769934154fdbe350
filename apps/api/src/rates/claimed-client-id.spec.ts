import { claimedClientId } from './claimed-client-id.js';

const ID = '01936d2b-8b1c-7000-8000-000000000001.01936d2b-8b1c-7000-8000-000000000002';
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const assertion = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;

describe('the client in whose name a token is asked for', () => {
  it.each([
    ['by HTTP Basic', { headers: basic(`${ID}:secret`), body: {} }],
    ['by client_id', { headers: {}, body: { client_id: ID } }],
    ['by the subject of an assertion', { headers: {}, body: { client_assertion: assertion({ sub: ID }) } }],
  ])('is read %s', (_, request) => {
    expect(claimedClientId(request)).toBe(ID);
  });

  it.each([
    ['nothing', { headers: {}, body: undefined }],
    ['what is no client id', { headers: basic('ada@invented.example:x'), body: { client_id: 'a.b' } }],
    ['what cannot be read', { headers: { authorization: 'Basic %' }, body: { client_assertion: '..' } }],
    ['an assertion of null', { headers: {}, body: { client_assertion: `e30.${btoa('null')}.` } }],
  ])('is nobody by %s', (_, request) => {
    expect(claimedClientId(request)).toBeNull();
  });
});
