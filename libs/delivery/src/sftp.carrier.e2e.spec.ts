import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { noSshServer, type SshServer, startSshServer, tempDirectory, waitFor } from '@personr/testkit';
import { aLargeParcel, aParcel, describeCarrier, type TestEndpoint } from './carrier.contract.spec-helper.js';
import { dispatch } from './dispatch.js';
import { type SftpAddress } from './endpoint.js';
import { SftpCarrier } from './sftp.carrier.js';
import { newSshKey } from './ssh-key.js';

const OPEN = { networks: ['127.0.0.0/8'] };
const describeWhereHad = noSshServer === null ? describe : describe.skip;

describeWhereHad(
  `SFTP, on OpenSSH's server${noSshServer === null ? '' : ` (skipped: ${noSshServer})`}`,
  () => {
    const key = newSshKey();
    let servers: SshServer[] = [];

    const start = async (more: { mostKibibytes?: number } = {}): Promise<SshServer> => {
      const server = await startSshServer({ home: tempDirectory('ssh'), ...more });
      servers.push(server);
      server.authorize(key.publicKey);
      return server;
    };
    const carrierTo = (server: SshServer, changes: Partial<SftpAddress> = {}): SftpCarrier => {
      const { port, user, hostKeySha256, directory } = server;
      const address = { kind: 'SFTP', host: '127.0.0.1', port, user, hostKeySha256, directory } as const;
      return new SftpCarrier({ ...address, publicKey: key.publicKey, ...changes }, { seed: key.seed });
    };
    const seen = ({ directory }: SshServer): string[] => readdirSync(directory).sort();

    afterEach(async () => {
      for (const server of servers) await server.stop();
      servers = [];
    });

    describeCarrier('by SFTP', async (): Promise<TestEndpoint> => {
      const server = await start();
      return {
        carrier: carrierTo(server),
        options: OPEN,
        read: (name) => {
          const path = join(server.directory, name);
          return Promise.resolve(existsSync(path) ? readFileSync(path) : null);
        },
        names: () => Promise.resolve(seen(server)),
        close: () => Promise.resolve(),
      };
    });

    it('with another host key is not signed in to, and gets nothing', async () => {
      const [server, other] = [await start(), await start()];
      const carrier = carrierTo(server, { hostKeySha256: other.hostKeySha256 });
      expect(await dispatch(carrier, aLargeParcel('package.zip', 1), OPEN)).toEqual({ reason: 'HOST_KEY' });
      expect(seen(server)).toEqual([]);
    });

    it.each([
      ['does not let our key in', { user: 'nobody-at-all' }],
      ['has no such directory', { directory: 'nowhere' }],
    ])('that %s refuses', async (_, changes) => {
      const carrier = carrierTo(await start(), changes);
      expect(await dispatch(carrier, aLargeParcel('package.zip', 1), OPEN)).toEqual({ reason: 'REFUSED' });
    });

    it('that has no room left says so, and keeps nothing', async () => {
      const server = await start({ mostKibibytes: 1024 });
      expect(await dispatch(carrierTo(server), aLargeParcel('package.zip', 4), OPEN)).toEqual({
        reason: 'FULL',
      });
      expect(seen(server)).toEqual([]);
    });

    it('that closes midway has not got it; the next attempt clears up and brings it', async () => {
      const server = await start();
      let given = 0;
      const parcel = {
        name: 'package.zip',
        open: async function* () {
          for await (const piece of aLargeParcel('package.zip', 32).open()) {
            yield piece;
            given += 1;
            if (given === 8) for (const pid of server.sessions()) process.kill(pid, 'SIGKILL');
          }
        },
      };
      expect(await dispatch(carrierTo(server), parcel, OPEN)).toEqual({ reason: 'CLOSED_MIDWAY' });
      expect(seen(server)).toEqual([expect.stringMatching(/^\.package\.zip\.[0-9a-f]{16}\.part$/)]);
      writeFileSync(join(server.directory, '.other.zip.0123456789abcdef.part'), 'of another package');
      const bytes = randomBytes(100_000);
      expect(await dispatch(carrierTo(server), aParcel('package.zip', bytes), OPEN)).toMatchObject({
        bytes: 100_000,
      });
      expect(seen(server)).toEqual(['.other.zip.0123456789abcdef.part', 'package.zip']);
    });

    it('that stands still is given up in time', async () => {
      const server = await start();
      let given = 0;
      const stopped: number[] = [];
      const parcel = {
        name: 'package.zip',
        open: async function* () {
          for await (const piece of aLargeParcel('package.zip', 64).open()) {
            yield piece;
            given += 1;
            if (given !== 4) continue;
            stopped.push(...server.sessions());
            for (const pid of stopped) process.kill(pid, 'SIGSTOP');
          }
        },
      };
      try {
        expect(await dispatch(carrierTo(server), parcel, { ...OPEN, patienceMilliseconds: 500 })).toEqual({
          reason: 'SLOW',
        });
        expect(existsSync(join(server.directory, 'package.zip'))).toBe(false);
      } finally {
        for (const pid of stopped) process.kill(pid, 'SIGCONT');
      }
      await waitFor(() => server.sessions().length === 0, { what: 'the session to end' });
    });

    it('that is not there, or is no server of SSH, is unreachable', async () => {
      const sockets: Socket[] = [];
      const silent = createServer((socket) => sockets.push(socket));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as { port: number };
      const carrier = carrierTo(await start(), { port });
      const parcel = aLargeParcel('package.zip', 1);
      expect(await dispatch(carrier, parcel, { ...OPEN, connectMilliseconds: 300 })).toEqual({
        reason: 'UNREACHABLE',
      });
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
      expect(await dispatch(carrier, parcel, OPEN)).toEqual({ reason: 'UNREACHABLE' });
    });
  },
);
