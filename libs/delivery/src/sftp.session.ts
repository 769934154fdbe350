import { type Socket } from 'node:net';
import type SftpClient from 'ssh2-sftp-client';
import { codeOf, DeliveryFailure } from './delivery-failure.js';
import { type Outflow } from './outflow.js';

type Sftp = Awaited<ReturnType<SftpClient['connect']>>;
type Done<Value> = (error?: Error | null, value?: Value) => void;

// draft-ietf-secsh-filexfer-02, section 7, and -13 for the last two.
const STATUS = { END: '1', FAILURE: '4', NO_SPACE: '14', QUOTA: '15' } as const;
const AT_ONCE = 16;
/** Pages of names, some hundred each, that are looked through for what an earlier attempt left. */
const MOST_PAGES = 100;

/** What one connection does for one parcel. Every question has the patience of the parcel's outflow. */
export class SftpSession {
  private readonly gone: Promise<never>;

  constructor(
    private readonly sftp: Sftp,
    socket: Socket,
    private readonly flow: Outflow,
  ) {
    this.gone = new Promise((_, reject) => {
      socket.once('close', () => {
        reject(new DeliveryFailure('CLOSED_MIDWAY'));
      });
    });
    this.gone.catch(() => undefined);
  }

  /** Removes, as far as it may, what earlier attempts left: names that begin so and end with `.part`. */
  async removeParts(directory: string, beginning: string): Promise<void> {
    const handle = await this.ask<Buffer>((done) => {
      this.sftp.opendir(directory, done);
    });
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const names = await this.page(handle);
      if (names === null) break;
      for (const name of names)
        if (name.startsWith(beginning) && name.endsWith('.part')) await this.remove(`${directory}/${name}`);
    }
    await this.ask((done) => {
      this.sftp.close(handle, done);
    });
  }

  /** Writes all bytes of the outflow into a new file. What it wrote goes again when it fails and the connection still stands. */
  async write(path: string): Promise<void> {
    const handle = await this.ask<Buffer>((done) => {
      this.sftp.open(path, 'wx', { mode: 0o600 }, done);
    });
    try {
      await this.pump(handle);
      await this.ask((done) => {
        this.sftp.ext_openssh_fsync(handle, done);
      }, 'FULL').catch(unlessUnsupported);
      await this.ask((done) => {
        this.sftp.close(handle, done);
      }, 'FULL');
    } catch (error) {
      if (!this.flow.signal.aborted) await this.remove(path);
      throw error;
    }
  }

  /** Puts a file in the place of another at once, where the server can; else the other goes first. */
  async rename(from: string, to: string): Promise<void> {
    try {
      await this.ask((done) => {
        this.sftp.ext_openssh_rename(from, to, done);
      });
    } catch (error) {
      unlessUnsupported(error);
      await this.remove(to);
      await this.ask((done) => {
        this.sftp.rename(from, to, done);
      });
    }
  }

  private async pump(handle: Buffer): Promise<void> {
    const going = new Set<Promise<unknown>>();
    let position = 0;
    for await (const piece of this.flow) {
      while (going.size >= AT_ONCE) await Promise.race(going);
      const written = this.answered<undefined>((done) => {
        this.sftp.write(handle, piece, 0, piece.length, position, done);
      }, 'FULL').finally(() => going.delete(written));
      written.catch(() => undefined);
      going.add(written);
      position += piece.length;
    }
    await Promise.all(going);
  }

  private page(handle: Buffer): Promise<string[] | null> {
    return this.ask<{ filename: string }[]>((done) => {
      this.sftp.readdir(handle, done);
    }).then(
      (entries) => entries.map(({ filename }) => filename),
      (error: unknown) => {
        if (codeOf((error as Error).cause) === STATUS.END) return null;
        throw error;
      },
    );
  }

  private remove(path: string): Promise<unknown> {
    return this.ask((done) => {
      this.sftp.unlink(path, done);
    }).catch(() => undefined);
  }

  private async ask<Value>(
    send: (done: Done<Value>) => void,
    failure: 'FULL' | 'REFUSED' = 'REFUSED',
  ): Promise<Value> {
    this.flow.expect();
    try {
      return await this.answered(send, failure);
    } finally {
      this.flow.rest();
    }
  }

  /** `failure` is what the status FAILURE means of this question: it is all that many servers say of a full disk. */
  private answered<Value>(send: (done: Done<Value>) => void, failure: 'FULL' | 'REFUSED'): Promise<Value> {
    const answer = new Promise<Value>((resolve, reject) => {
      send((error, value) => {
        if (error === undefined || error === null) resolve(value as Value);
        else reject(failureOf(error, failure));
      });
    });
    return Promise.race([answer, this.gone]);
  }
}

function failureOf(error: Error, failure: 'FULL' | 'REFUSED'): Error {
  const code = codeOf(error);
  if (code === '') return new DeliveryFailure('CLOSED_MIDWAY');
  const isFull =
    code === STATUS.NO_SPACE || code === STATUS.QUOTA || (code === STATUS.FAILURE && failure === 'FULL');
  return Object.assign(new DeliveryFailure(isFull ? 'FULL' : 'REFUSED'), { cause: { code } });
}

/** ssh2 throws, without asking, for what the server did not offer. */
function unlessUnsupported(error: unknown): void {
  if (error instanceof DeliveryFailure) throw error;
}
