import { join } from 'node:path';
import { type Copy, copyEverything } from './copies.js';
import { type Facts, type Loot, type RootCopy, type Rows } from './loot.js';
import { askClosedProduct, forgeMarks, livingParts, readThroughOldProduct } from './old-product.js';
import { normalised } from './person.js';
import { type DatabaseUrls, type OldServers, readKeyring, readRows, startOldServers } from './read-copy.js';
import { type Order, orderAll, readReceipts } from './receipts.js';
import { type Scene, waitForRow } from './scene.js';
import { filesBelow, Haystack, needlesOf, type Resting, type Searched } from './search.js';
import { readThroughProduct } from './through-product.js';

/** Beyond the policy of 24 hours, and beyond every window by which whoever was erased is known by identity. */
const SOON_HOURS = 28;
const LATE_HOURS = 32 * 24;

/** What became of the product: all that the attacker took, and the old servers that still run. */
export type Story = { readonly loot: Loot; readonly old: OldServers; readonly copies: readonly Copy[] };

/** Lives the story through: people come in, some are erased, time passes. Returns what the attacker took meanwhile. */
export async function live(scene: Scene): Promise<Story> {
  const { stack, size, businesses, marker, say } = scene;
  const haystack = new Haystack(needlesOf(marker, guessable(scene)));
  const keeping = new Keeping(scene, haystack);
  const before = await keeping.copy('before');

  const due = businesses.flatMap((business) =>
    business.people.filter(({ person }) => person.fate !== 'KEPT').map((held) => ({ business, held })),
  );
  const half = size.between ? Math.ceil(due.length / 2) : due.length;
  const orders: Order[] = await orderAll(due.slice(0, half));
  if (size.between) {
    await keeping.copy('between');
    orders.push(...(await orderAll(due.slice(half))));
  }
  say(`${orders.length} erasures have ended`);
  const facts = factsOf(scene, orders);
  const receipts = await readReceipts(orders, (answer) => {
    keeping.hear(answer.bytes);
  });
  const taken = await keeping.copy('after');
  const { old, latest, rows } = await keeping.readCopies(facts);
  const after = await keeping.readLiving(facts);

  say('asking the product, and one over the old data');
  const throughProduct = await readThroughProduct(businesses, ({ door }) => door, marker);
  const oldData = { data: old.urls.data, objects: join(before.directory, 'objects') };
  const besideOldData = await askClosedProduct(scene, { ...livingParts(stack), ...oldData });
  const forged = { ...keyed(latest, taken), ...oldData };
  await forgeMarks(forged);
  const behindLivingKeys = await readThroughOldProduct(scene, forged);
  await latest.stop();

  await scene.waitHours(SOON_HOURS);
  await renewed(scene, SOON_HOURS);
  const soon = await keeping.readLiving(facts);
  await scene.waitHours(LATE_HOURS);
  await renewed(scene, LATE_HOURS);
  const late = await keeping.readLiving(facts);
  await keeping.copy('late');
  const loot: Loot = {
    facts,
    haystack,
    all: true,
    searched: keeping.searched,
    planted: [],
    rows,
    roots: { before: readKeyring(before.directory), after: after.roots, soon: soon.roots, late: late.roots },
    living: { after: after.rows, soon: soon.rows, late: late.rows },
    throughProduct,
    besideOldData,
    behindLivingKeys,
    receipts,
  };
  return { loot, old, copies: keeping.copies };
}

/** The key store and keyring of a copy: those that live, as they were when it was made, to be written to. */
const keyed = ({ urls }: OldServers, { directory }: Copy) => ({
  keystore: urls.keystore,
  keyring: join(directory, 'keyring'),
});

/** The worker of this hour has done what was due, and is idle. */
async function renewed({ stack, say }: Scene, hours: number): Promise<void> {
  say(`${hours} hours later`);
  const now = `now() + interval '${hours} hours'`;
  await waitForRow(
    stack.dataOwnerUrl,
    `select where not exists (
       select from instruction
        where (index_renewed_at is null and sealed_at <= ${now} - interval '20 hours')
           or (unguessable_at is null and unguessable_due_at <= ${now}))`,
    'the index to be renewed',
  );
}

/** Makes copies, searches each as it is made, and reads what was copied and what lives. */
class Keeping {
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

  private search(what: string, all: Iterable<Resting>): void {
    const startedAt = performance.now();
    const searched = this.haystack.search(all);
    const [mebibytes, seconds] = [searched.bytes / 2 ** 20, (performance.now() - startedAt) / 1000];
    this.scene.say(`searched ${what}: ${mebibytes.toFixed(0)} MiB in ${seconds.toFixed(1)} s`);
    this.searched.push(searched);
  }
}

/** What anybody could guess of those erased, in the spelling in which it would be hashed. */
const guessable = ({ businesses }: Scene): string[] =>
  businesses.flatMap(({ people }) =>
    people.flatMap(({ person }) =>
      person.identities.flatMap((identity) => [identity.value, normalised(identity)]),
    ),
  );

const factsOf = ({ businesses }: Scene, orders: readonly Order[]): Facts => ({
  businesses,
  subjects: new Map(businesses.flatMap(({ people }) => people.map((held) => [held.subjectId, held]))),
  orders: new Map(orders.map(({ id, held }) => [id, held.subjectId])),
});
