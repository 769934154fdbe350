import { type Copy, copyEverything } from './copies.js';
import { type Facts, type RootCopy, type Rows } from './loot.js';
import { type DatabaseUrls, type OldServers, readKeyring, readRows, startOldServers } from './read-copy.js';
import { type Scene } from './scene.js';
import { filesBelow, type Haystack, type Resting, type Searched } from './search.js';

/** Makes copies, searches each as it is made, and reads what was copied and what lives. */
export class Keeping {
  readonly copies: Copy[] = [];
  readonly searched: Searched[] = [];
  private readonly heard: Buffer[] = [];

  constructor(
    private readonly scene: Scene,
    private readonly haystack: Haystack,
  ) {}

  /** Copies everything and searches the copy. */
  async copy(name: string): Promise<Copy> {
    const copy = await copyEverything(this.scene.stack, name, this.scene.home);
    this.copies.push(copy);
    this.search(`files of the copy "${name}"`, filesBelow(copy.directory, name));
    return copy;
  }

  /** Keeps an answer that says something of an erasure. */
  hear(bytes: Buffer): void {
    this.heard.push(bytes);
  }

  /** Starts the clusters of every copy as servers and reads them. Those of the first and the latest go on running. */
  async readCopies(facts: Facts): Promise<{ old: OldServers; latest: OldServers; rows: Rows[] }> {
    const rows: Rows[] = [];
    const running: OldServers[] = [];
    for (const [place, copy] of this.copies.entries()) {
      this.scene.say(`starting the clusters of the copy "${copy.name}"`);
      const servers = await startOldServers(copy);
      this.scene.stack.atStop(() => servers.stop());
      rows.push(await this.read(servers.urls, copy.directory, facts));
      if (place === 0 || place === this.copies.length - 1) running.push(servers);
      else await servers.stop();
    }
    this.search(
      'answers about erasures',
      this.heard.map((bytes) => ({ place: 'an answer', bytes })),
    );
    const [old, latest] = running;
    if (old === undefined || latest === undefined) throw new Error('there are fewer than two copies');
    return { old, latest, rows };
  }

  /** Reads what lives. */
  async readLiving(facts: Facts): Promise<{ rows: Rows; roots: RootCopy[] }> {
    const { stateDirectory, dataOwnerUrl, keystoreOwnerUrl } = this.scene.stack;
    const urls = { data: dataOwnerUrl, keystore: keystoreOwnerUrl };
    return { rows: await this.read(urls, stateDirectory, facts), roots: readKeyring(stateDirectory) };
  }

  private async read(urls: DatabaseUrls, home: string, facts: Facts): Promise<Rows> {
    const rows = await readRows(urls, home, facts);
    this.search('tables', rows.texts);
    return rows;
  }

  /** Searches what rests somewhere. */
  search(what: string, all: Iterable<Resting>): void {
    const startedAt = performance.now();
    const searched = this.haystack.search(all);
    const [mebibytes, seconds] = [searched.bytes / 2 ** 20, (performance.now() - startedAt) / 1000];
    this.scene.say(`searched ${what}: ${mebibytes.toFixed(0)} MiB in ${seconds.toFixed(1)} s`);
    this.searched.push(searched);
  }
}
