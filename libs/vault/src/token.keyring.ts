import { DomainError } from '@personr/kernel';
import { ReplicaToken, type TokenAddress } from './replica.token.js';
import { ReplicatedKeyring } from './replicated.keyring.js';

/**
 * A keyring on two or more tokens of HSMs that speak PKCS#11. A root that is destroyed is gone by the token's own
 * means, from no file system and in no snapshot. The constructor throws `CONFIG_INVALID` for fewer than two tokens.
 */
export class TokenKeyring extends ReplicatedKeyring {
  constructor(tokens: readonly TokenAddress[]) {
    const different = new Set(tokens.map(({ library, label }) => `${library} ${label}`));
    if (different.size < 2 || different.size !== tokens.length) {
      throw new DomainError('CONFIG_INVALID', 'A keyring needs at least two different tokens.');
    }
    super(tokens.map((token) => new ReplicaToken(token)));
  }
}
