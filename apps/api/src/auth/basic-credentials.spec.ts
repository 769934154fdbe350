import { basicCredentials } from './basic-credentials.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('basic credentials', () => {
  it.each([
    ['id:secret', 'id', 'secret'],
    ['id:se:cr:et', 'id', 'se:cr:et'],
    ['id:', 'id', ''],
    [':secret', '', 'secret'],
    ['a%3Ab:c%25d', 'a:b', 'c%d'],
    ['%C5%BE:x', 'ž', 'x'],
  ])('of %s are %j and %j (RFC 6749, section 2.3.1)', (text, clientId, clientSecret) => {
    expect(basicCredentials(basic(text))).toEqual({ clientId, clientSecret });
  });

  it('are known whatever the case of the scheme (RFC 7235, section 2.1)', () => {
    expect(basicCredentials(basic('id:secret').replace('Basic', 'bAsIc'))).toMatchObject({ clientId: 'id' });
  });

  it('without a colon name nobody', () => {
    expect(basicCredentials(basic('nobody'))).toMatchObject({ clientId: '' });
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Basic ',
    'Bearer abc',
    'Basic a b',
    'Basic !!!',
    'Basic aWQ6c2VjcmV0, Basic x',
    'xBasic aWQ6eA==',
  ])('are missing in %j', (authorization) => {
    expect(() => basicCredentials(authorization)).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_MISSING' }) as Error,
    );
  });

  it.each(['%:x', 'id:%zz', 'id:%C5'])('that cannot be decoded are refused as wrong ones are: %s', (text) => {
    expect(() => basicCredentials(basic(text))).toThrow(
      expect.objectContaining({
        code: 'CREDENTIAL_INVALID',
        message: 'The client or its credential is not right.',
      }) as Error,
    );
  });
});
