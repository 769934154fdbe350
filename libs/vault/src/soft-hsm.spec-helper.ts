import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type * as Pkcs11 from 'pkcs11js';
import { type HarmedKeyring } from './keyring.contract.spec-helper.js';
import { type TokenAddress } from './replica.token.js';
import { noSmallDisk, SmallDisk } from './small-disk.spec-helper.js';

const run = promisify(execFile);
const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];
const PIN = '729401';

/** Two tokens of SoftHSM, the second of which may be harmed. */
export type SoftTokens = Omit<HarmedKeyring, 'keyring'> & {
  readonly addresses: readonly TokenAddress[];
  /** Puts an object of somebody else on the second token. */
  addForeignObject(): void;
  /** How many of those it has. */
  countForeign(): number;
  /** Gives both tokens another PIN, and leaves the file with the PIN as it is. */
  changePins(pin: string): void;
};

/** Gives out pairs of tokens. */
export type SoftHsm = { tokens(): Promise<SoftTokens> };

/** SoftHSM, or why it cannot be had here. */
export function softHsm(): SoftHsm | string {
  const library = LIBRARIES.find(existsSync);
  if (library === undefined) return 'SoftHSM is not installed (Debian: softhsm2).';
  if (!isBuilt()) return 'pkcs11js is not built here (npm rebuild pkcs11js --ignore-scripts=false).';
  return { tokens: async () => harming(await makePair(library)) };
}

const pkcs11 = (): typeof Pkcs11 => createRequire(__filename)('pkcs11js') as typeof Pkcs11;

function isBuilt(): boolean {
  try {
    pkcs11();
    return true;
  } catch {
    return false;
  }
}

/** In a test `process.env` is a copy, which a native library does not see; a thread that shares the environment has the real one. */
async function setForReal(name: string, value: string): Promise<void> {
  process.env[name] = value;
  const code = `process.env[${JSON.stringify(name)}] = ${JSON.stringify(value)}`;
  await once(new Worker(code, { eval: true, env: SHARE_ENV }), 'exit');
}

type Pair = {
  readonly addresses: readonly [TokenAddress, TokenAddress];
  readonly home: string;
  /** Where the second token lies. */
  readonly second: string;
  readonly disk: SmallDisk | null;
};

/** In a directory of their own each time, which the library finds when it begins anew. */
async function makePair(library: string): Promise<Pair> {
  const home = await mkdtemp(join(tmpdir(), 'personr-softhsm-'));
  const tokens = join(home, 'tokens');
  const disk = noSmallDisk === null ? await SmallDisk.mount(tokens) : null;
  await mkdir(tokens, { recursive: true });
  const [config, pinFile] = [join(home, 'softhsm2.conf'), join(home, 'pin')];
  await writeFile(
    config,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  await writeFile(pinFile, PIN, { mode: 0o600 });
  await setForReal('SOFTHSM2_CONF', config);
  await initialise('first');
  const [first] = await readdir(tokens);
  await initialise('second');
  const second = (await readdir(tokens)).find((name) => name !== first) ?? '';
  const at = (label: string): TokenAddress => ({ library, label, pinFile });
  return { addresses: [at('first'), at('second')], home, second: join(tokens, second), disk };
}

const initialise = (label: string) =>
  run('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', PIN, '--pin', PIN]);

function harming({ addresses, home, second, disk }: Pair): SoftTokens {
  const [kept, away] = [join(home, 'kept'), join(home, 'away')];
  const tokens = join(home, 'tokens');
  let stranger = join(home, 'nowhere');
  const move = async (from: string, to: string) => {
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  };
  return {
    addresses,
    detach: () => move(second, away),
    attach: async () => {
      await rm(stranger, { recursive: true, force: true });
      await move(away, second);
    },
    putEmptyPlace: async () => {
      const known = await readdir(tokens);
      await initialise('second');
      const made = (await readdir(tokens)).find((name) => !known.includes(name)) ?? '';
      stranger = join(tokens, made);
    },
    keepCopy: () => cp(second, kept, { recursive: true }),
    putCopyBack: async () => {
      await rm(second, { recursive: true });
      await cp(kept, second, { recursive: true });
      // Whoever puts a token back has pulled it out before.
      const api = new (pkcs11().PKCS11)();
      api.load(addresses[1].library);
      api.C_Finalize();
    },
    tamper: ({ rootId }) => {
      inSession(addresses[1], ({ api, ck, session }) => {
        api.C_FindObjectsInit(session, [{ type: ck.CKA_LABEL, value: rootId }]);
        const [object] = api.C_FindObjects(session, 1);
        api.C_FindObjectsFinal(session);
        const template = [ck.CKA_CLASS, ck.CKA_APPLICATION, ck.CKA_LABEL, ck.CKA_VALUE].map((type) => ({
          type,
        }));
        const held = api.C_GetAttributeValue(session, object!, template);
        held[3]!.value[10]! ^= 1;
        api.C_DestroyObject(session, object!);
        const kept = [ck.CKA_TOKEN, ck.CKA_PRIVATE].map((type) => ({ type, value: true }));
        api.C_CreateObject(session, [{ ...held[0]!, value: ck.CKO_DATA }, ...held.slice(1), ...kept]);
      });
      return Promise.resolve();
    },
    fill: () => disk!.fill(),
    makeReadOnly: () => disk!.makeReadOnly(),
    addForeignObject: () => {
      inSession(addresses[1], ({ api, ck, session }) => {
        api.C_CreateObject(session, [
          { type: ck.CKA_CLASS, value: ck.CKO_DATA },
          { type: ck.CKA_TOKEN, value: true },
          { type: ck.CKA_APPLICATION, value: 'somebody else' },
          { type: ck.CKA_LABEL, value: 'theirs' },
          { type: ck.CKA_VALUE, value: Buffer.from('theirs') },
        ]);
      });
    },
    countForeign: () => {
      let count = 0;
      inSession(addresses[1], ({ api, ck, session }) => {
        api.C_FindObjectsInit(session, [{ type: ck.CKA_LABEL, value: 'theirs' }]);
        count = api.C_FindObjects(session, 10).length;
        api.C_FindObjectsFinal(session);
      });
      return count;
    },
    changePins: (pin) => {
      for (const address of addresses) {
        inSession(address, ({ api, session }) => {
          api.C_SetPIN(session, PIN, pin);
        });
      }
    },
    close: async () => {
      await disk?.unmount();
      await rm(home, { recursive: true, force: true });
    },
  };
}

type Session = { readonly api: Pkcs11.PKCS11; readonly ck: typeof Pkcs11; readonly session: Pkcs11.Handle };

/** Somebody else of the same machine, with the PIN. The library is one for the whole process, and begun already. */
function inSession({ library, label }: TokenAddress, work: (session: Session) => void): void {
  const ck = pkcs11();
  const api = new ck.PKCS11();
  api.load(library);
  const slot = api.C_GetSlotList(true).find((each) => api.C_GetTokenInfo(each).label.trim() === label);
  const session = api.C_OpenSession(slot!, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  try {
    work({ api, ck, session });
  } finally {
    api.C_CloseSession(session);
  }
}
