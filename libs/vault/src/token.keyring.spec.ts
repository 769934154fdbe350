import { chmod, writeFile } from 'node:fs/promises';
import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import { describeKeyring } from './keyring.contract.spec-helper.js';
import { newRootId } from './keyring.js';
import { softHsm, type SoftTokens } from './soft-hsm.spec-helper.js';
import { TokenKeyring } from './token.keyring.js';

const hsm = softHsm();

describe('a keyring on tokens', () => {
  it('refuses fewer than two different tokens', () => {
    const token = { library: '/lib/x.so', label: 'a', pinFile: '/pin' };
    for (const tokens of [[], [token], [token, token]]) {
      expect(() => new TokenKeyring(tokens)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
      );
    }
  });

  it('says what to do where the library of the HSM is not', async () => {
    const at = (label: string) => ({ library: '/nowhere/lib.so', label, pinFile: '/pin' });
    await expect(new TokenKeyring([at('a'), at('b')]).check()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

if (typeof hsm === 'string') {
  describe('two tokens as a keyring', () => {
    it.skip(`skipped: ${hsm}`, () => undefined);
  });
} else {
  describeKeyring('two tokens', async () => {
    const tokens = await hsm.tokens();
    const keyring = new TokenKeyring(tokens.addresses);
    await keyring.found();
    return { keyring, ...tokens };
  });

  describe('a token', () => {
    let tokens: SoftTokens;
    beforeEach(async () => {
      tokens = await hsm.tokens();
    });
    afterEach(() => tokens.close());

    it('is refused while others may read its PIN, and with a wrong PIN', async () => {
      const keyring = new TokenKeyring(tokens.addresses);
      const { pinFile } = tokens.addresses[1]!;
      await chmod(pinFile, 0o640);
      await expect(keyring.found()).rejects.toMatchObject({ code: 'KEYRING_UNSAFE' });
      await chmod(pinFile, 0o600);
      await writeFile(pinFile, 'wrong');
      await expect(keyring.found()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
    });

    it('is not offered a refused PIN again before the file is written anew, since tokens lock', async () => {
      const keyring = new TokenKeyring(tokens.addresses);
      const { pinFile } = tokens.addresses[1]!;
      await writeFile(pinFile, '518336');
      await expect(keyring.found()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      tokens.changePins('518336');
      await expect(keyring.found()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      await writeFile(pinFile, '518336');
      await keyring.found();
      expect(await keyring.check()).toBe(2);
    });

    it('leaves objects of others alone', async () => {
      const keyring = new TokenKeyring(tokens.addresses);
      await keyring.found();
      tokens.addForeignObject();
      const root = { tenantId: newId<'tenant'>(new Date()), rootId: newRootId(), key: newKey() };
      await keyring.prepare([root]);
      expect(await keyring.list()).toEqual([{ tenantId: root.tenantId, rootId: root.rootId }]);
      await keyring.destroy([root]);
      expect(tokens.countForeign()).toBe(1);
    });
  });
}
