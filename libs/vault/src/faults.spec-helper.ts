import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { type Keyring, type Root, type RootName } from './keyring.js';

/** The failure that a test provokes. */
export class Fault extends Error {}

export type FaultAt = 'before prepare' | 'after prepare' | 'before destroy' | 'after destroy';

/** A keyring whose process dies at one point, every time it comes there. */
export class FaultyKeyring implements Keyring {
  constructor(
    private readonly sound: Keyring,
    private readonly at: FaultAt,
  ) {}

  async prepare(roots: readonly Root[]): Promise<void> {
    this.dieAt('before prepare');
    await this.sound.prepare(roots);
    this.dieAt('after prepare');
  }

  async destroy(names: readonly RootName[]): Promise<void> {
    this.dieAt('before destroy');
    await this.sound.destroy(names);
    this.dieAt('after destroy');
  }

  read = (name: RootName) => this.sound.read(name);
  readAll = (name: RootName) => this.sound.readAll(name);
  list: Keyring['list'] = (tenantId) => this.sound.list(tenantId);
  check = () => this.sound.check();
  found = () => this.sound.found();

  private dieAt(point: FaultAt): void {
    if (this.at === point) throw new Fault(point);
  }
}

/** A wire to PostgreSQL that is cut once, at the first commit after `arm`: on the way there or on the way back. */
export class CutWire {
  private cut: 'request' | 'reply' | null = null;
  private readonly server = createServer((near) => {
    this.join(near);
  });

  constructor(private readonly target: URL) {}

  /** Listens, and returns the database's address by way of this wire. */
  async open(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  arm(cut: 'request' | 'reply'): void {
    this.cut = cut;
  }

  get armed(): boolean {
    return this.cut !== null;
  }

  close(): void {
    this.server.close();
  }

  private join(near: Socket): void {
    const far = connect(Number(this.target.port), this.target.hostname);
    const end = () => {
      near.destroy();
      far.destroy();
    };
    let losing = false;
    near.on('data', (data) => {
      const commits = this.cut !== null && data.includes('commit');
      const lost = commits && this.cut === 'request';
      if (commits) this.cut = null;
      if (lost) end();
      else far.write(data);
      losing = commits;
    });
    far.on('data', (data) => {
      if (losing) end();
      else near.write(data);
    });
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
  }
}
