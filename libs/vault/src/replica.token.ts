import { createRequire } from 'node:module';
import type * as Pkcs11 from 'pkcs11js';
import { DomainError, isDomainError, isId, type TenantId } from '@personr/kernel';
import { using } from './aead.js';
import { type Root, type RootId, type RootName } from './keyring.js';
import { PinFile } from './pin-file.js';
import { type Replica } from './replica.js';
import { decodeRoot, encodeRoot } from './root.file.js';
import { type ObjectName, Token } from './token.js';

/** A token of an HSM: the library that speaks PKCS#11 (OASIS, version 2.40), the token's label, the file with the user's PIN. */
export type TokenAddress = {
  readonly library: string;
  readonly label: string;
  readonly pinFile: string;
};

const APPLICATION = 'personr:';

/** A library of PKCS#11 in this process. Whenever it begins anew, every session is lost: `beginning` counts. */
type Library = { readonly api: Pkcs11.PKCS11; readonly constants: typeof Pkcs11; beginning: number };

const libraries = new Map<string, Library>();

/** An object that is on every token of a keyring for good: where it is not found, the token is not there or is another. */
const ANCHOR = 'anchor';

/**
 * One replica of the keyring: a token, on which each root is a private data object (CKO_DATA): CKA_APPLICATION
 * `personr:<tenant id>`, CKA_LABEL the root's id, CKA_VALUE the bytes of a root's file. Calls do not return before the
 * token has done what they ask; none takes a thread.
 */
export class ReplicaToken implements Replica {
  private session: { readonly handle: Pkcs11.Handle; readonly beginning: number } | null = null;

  private readonly pin: PinFile;

  constructor(private readonly address: TokenAddress) {
    this.pin = new PinFile(address.pinFile);
  }

  check(): Promise<void> {
    return Promise.resolve().then(() => {
      this.withToken(assertThere);
    });
  }

  found(): Promise<void> {
    return Promise.resolve().then(() => {
      this.withToken((token) => {
        if (token.find(ANCHOR_NAME).length === 0) token.create(ANCHOR_NAME, Buffer.from(ANCHOR));
      });
    });
  }

  write(roots: readonly Root[]): Promise<void> {
    return Promise.resolve().then(() => {
      this.withToken((token) => {
        assertThere(token);
        for (const root of roots) {
          if (holds(token, root)) continue;
          for (const object of token.find(nameOf(root))) token.destroy(object);
          using(encodeRoot(root), (file) => {
            token.create(nameOf(root), file);
          });
          if (!holds(token, root)) throw incomplete();
        }
      });
    });
  }

  read(name: RootName): Buffer | null {
    return this.withToken((token) => keyIn(token, name));
  }

  destroy(names: readonly RootName[]): Promise<void> {
    return Promise.resolve().then(() => {
      this.withToken((token) => {
        assertThere(token);
        for (const name of names) {
          for (const object of token.find(nameOf(name))) token.destroy(object);
          if (token.find(nameOf(name)).length > 0) throw incomplete();
        }
        assertThere(token);
      });
    });
  }

  list(tenantId?: TenantId): RootName[] {
    return this.withToken((token) =>
      token
        .find({ application: tenantId === undefined ? null : APPLICATION + tenantId, label: null })
        .flatMap((object) => {
          const { application, label } = token.nameOf(object);
          const tenant = application.slice(APPLICATION.length);
          const isOurs = application.startsWith(APPLICATION) && isId(tenant);
          return isOurs ? [{ tenantId: tenant as TenantId, rootId: label as RootId }] : [];
        }),
    );
  }

  /**
   * Runs `work` on the token with the user logged in. A token that was away has lost its sessions, and some libraries do
   * not see it again before they begin anew: then they do, and `work` runs once more.
   */
  private withToken<T>(work: (token: Token) => T): T {
    const library = libraryAt(this.address.library);
    try {
      return work(this.token(library));
    } catch (error) {
      if (isFinal(error, library)) throw refusalOf(error);
    }
    try {
      restart(library);
      return work(this.token(library));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  private token(library: Library): Token {
    if (this.session?.beginning !== library.beginning) {
      this.session = { handle: logIn(library, this.address.label, this.pin), beginning: library.beginning };
    }
    return new Token(library, this.session.handle);
  }
}

function logIn(library: Library, label: string, pin: PinFile): Pkcs11.Handle {
  const { api, constants: ck } = library;
  const slot = api.C_GetSlotList(true).find((each) => api.C_GetTokenInfo(each).label.trim() === label);
  if (slot === undefined) throw incomplete();
  const session = api.C_OpenSession(slot, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  try {
    pin.offer(
      (text) => {
        api.C_Login(session, ck.CKU_USER, text);
      },
      (error) => isPinRefused(error, library),
    );
  } catch (error) {
    if (!isPkcs11(error, ck.CKR_USER_ALREADY_LOGGED_IN)) {
      api.C_CloseSession(session);
      throw error;
    }
  }
  return session;
}

/** The library is loaded once a process, as PKCS#11 wants it. Throws `CONFIG_INVALID` where it cannot be. */
function libraryAt(path: string): Library {
  const known = libraries.get(path);
  if (known !== undefined) return known;
  try {
    const module = createRequire(import.meta.url)('pkcs11js') as typeof Pkcs11;
    const api = new module.PKCS11();
    api.load(path);
    api.C_Initialize();
    const library = { api, constants: module, beginning: 1 };
    libraries.set(path, library);
    return library;
  } catch (error) {
    throw new DomainError(
      'CONFIG_INVALID',
      'The library of the HSM cannot be used: it is not where module-path in KEYRING_TOKENS says, or pkcs11js is not built ("npm rebuild pkcs11js --ignore-scripts=false").',
      { cause: error },
    );
  }
}

/** What beginning anew would not mend. */
const isFinal = (error: unknown, library: Library): boolean =>
  isDomainError(error, 'KEYRING_UNSAFE') || isPinRefused(error, library);

const isPinRefused = (error: unknown, { constants: ck }: Library): boolean =>
  [ck.CKR_PIN_INCORRECT, ck.CKR_PIN_INVALID, ck.CKR_PIN_LEN_RANGE, ck.CKR_PIN_LOCKED].some((code) =>
    isPkcs11(error, code),
  );

const refusalOf = (error: unknown): unknown => (isDomainError(error) ? error : incomplete(error));

/** Begins anew. Every session of this process is lost, of other tokens too, and is opened again when it is needed. */
function restart(library: Library): void {
  library.beginning += 1;
  try {
    library.api.C_Finalize();
  } catch {
    // It had ended by itself.
  }
  library.api.C_Initialize();
}

const isPkcs11 = (error: unknown, code: number): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const nameOf = ({ tenantId, rootId }: RootName): ObjectName => ({
  application: APPLICATION + tenantId,
  label: rootId,
});

const ANCHOR_NAME: ObjectName = { application: APPLICATION + ANCHOR, label: ANCHOR };

/** A token that is away must not pass for an empty one: what it holds is neither written nor destroyed. */
function assertThere(token: Token): void {
  if (token.find(ANCHOR_NAME).length === 0) throw new TokenAway();
}

/** Unlike other refusals this one may be mended by beginning anew. */
class TokenAway extends Error {}

/** Says whether the root lies on the token undamaged. Throws `KEYRING_INCOMPLETE` when another key does by its name. */
function holds(token: Token, root: Root): boolean {
  const found = keyIn(token, root);
  if (found === null) return false;
  if (!using(found, (key) => key.equals(root.key))) throw incomplete();
  return true;
}

function keyIn(token: Token, name: RootName): Buffer | null {
  for (const object of token.find(nameOf(name))) {
    const key = using(token.value(object), (file) => decodeRoot(name, file));
    if (key !== null) return key;
  }
  return null;
}

const incomplete = (cause?: unknown) =>
  new DomainError('KEYRING_INCOMPLETE', 'A token of the keyring is missing, failed, or holds another key.', {
    cause,
  });
