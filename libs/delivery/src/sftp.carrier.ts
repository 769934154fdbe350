import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { pinnedTo } from '@personr/access';
import SftpClient from 'ssh2-sftp-client';
import { type Carrier, type Line, type Shipment } from './carrier.js';
import { DeliveryFailure, reasonOf } from './delivery-failure.js';
import { type SftpAddress, type SftpSecret } from './endpoint.js';
import { SftpSession } from './sftp.session.js';
import { opensshPrivateKey } from './ssh-key.js';

/** What happens to a connection outside of a call is found out by the next call. */
const SILENT = { error: () => undefined, end: () => undefined, close: () => undefined };

/**
 * Writes each parcel into a directory of an SFTP server, under a name of its own, and renames it when it is whole. What an
 * attempt that died left under such a name goes with the next one.
 */
export class SftpCarrier implements Carrier {
  readonly measures = false;
  readonly patience = 1;

  constructor(
    private readonly address: SftpAddress,
    private readonly secret: SftpSecret,
  ) {}

  get host(): string {
    return this.address.host;
  }

  async bring({ name, flow }: Shipment, line: Line): Promise<void> {
    const socket = await this.connected(line);
    const cut = (): void => void socket.destroy();
    flow.signal.addEventListener('abort', cut, { once: true });
    try {
      const session = new SftpSession(await this.signedIn(socket, line), socket, flow);
      const { directory } = this.address;
      const part = `${directory}/.${name}.${randomBytes(8).toString('hex')}.part`;
      await session.removeParts(directory, `.${name}.`);
      await session.write(part);
      await session.rename(part, `${directory}/${name}`);
    } finally {
      flow.signal.removeEventListener('abort', cut);
      socket.destroySoon();
    }
  }

  private connected({ addresses, connectMilliseconds }: Line): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const { host, port } = this.address;
      const socket = connect({ host, port, lookup: pinnedTo(addresses) });
      const timer = setTimeout(() => socket.destroy(new DeliveryFailure('UNREACHABLE')), connectMilliseconds);
      socket
        .once('connect', () => {
          clearTimeout(timer);
          resolve(socket);
        })
        .on('error', (error) => {
          clearTimeout(timer);
          reject(error);
        });
    });
  }

  private async signedIn(socket: Socket, { connectMilliseconds }: Line) {
    const client = new SftpClient('personr', SILENT);
    let isRightHost: boolean | undefined;
    let level: string | undefined;
    client.on('error', (error: { level?: string }) => (level = error.level));
    try {
      return await client.connect({
        sock: socket,
        username: this.address.user,
        privateKey: opensshPrivateKey(this.secret.seed),
        hostVerifier: (key: Buffer) => (isRightHost = this.isRegistered(key)),
        readyTimeout: connectMilliseconds,
      });
    } catch (error) {
      if (isRightHost === false) throw new DeliveryFailure('HOST_KEY');
      if (level === 'client-authentication') throw new DeliveryFailure('REFUSED');
      throw new DeliveryFailure(reasonOf(error));
    }
  }

  private isRegistered(key: Buffer): boolean {
    const expected = Buffer.from(this.address.hostKeySha256.replace(/^SHA256:/, ''), 'base64');
    const found = createHash('sha256').update(key).digest();
    return expected.length === found.length && timingSafeEqual(expected, found);
  }
}
