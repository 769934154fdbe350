import { join } from 'node:path';
import { type Copy } from './copies.js';
import { factsOf } from './facts.js';
import { Keeping } from './keeping.js';
import { leave } from './leave.js';
import { type Loot } from './loot.js';
import { askClosedProduct, forgeMarks, livingParts, readThroughOldProduct } from './old-product.js';
import { normalised } from './person.js';
import { backUpNow, filesOf, restored, type RestoredBackup } from './portable.js';
import { type OldServers, readKeyring } from './read-copy.js';
import { type Order, orderAll, readReceipts } from './receipts.js';
import { type Scene, waitForRow } from './scene.js';
import { filesBelow, Haystack, needlesOf } from './search.js';
import { readThroughProduct } from './through-product.js';

/** Beyond the policy of 24 hours, and beyond every window by which whoever was erased is known by identity. */
const SOON_HOURS = 28;
const LATE_HOURS = 32 * 24;

/** What became of the product: all that the attacker took, and the old servers that still run. */
export type Story = {
  readonly loot: Loot;
  readonly old: OldServers;
  readonly copies: readonly Copy[];
  /** Where the portable backup lies. */
  readonly backup: string;
  readonly restored: RestoredBackup;
};

/** Lives the story through: people come in, some are erased, a Business leaves, time passes. Returns what the attacker took meanwhile. */
export async function live(scene: Scene): Promise<Story> {
  const { stack, businesses, marker, say } = scene;
  const haystack = new Haystack(needlesOf(marker, guessable(scene)));
  const keeping = new Keeping(scene, haystack);
  const backup = await backUpNow(scene);
  keeping.search('files of the portable backup', filesBelow(backup, 'portable'));
  const before = await keeping.copy('before');

  const orders = await giveOrders(scene, keeping);
  const left = await leave(scene, orders, keeping);
  orders.push(...left.orders);
  say(`${orders.length} erasures have ended`);
  const facts = factsOf(scene, orders);
  const receipts = await readReceipts(orders, (answer) => {
    keeping.hear(answer.bytes);
  });
  const taken = await keeping.copy('after');
  const { old, latest, rows } = await keeping.readCopies(facts);
  const after = await keeping.readLiving(facts);

  say('asking the product, one over the restored backup, and one over the old data');
  const throughProduct = await readThroughProduct(businesses, ({ door }) => door, { marks: marker });
  const latestKeys = keyed(latest, taken);
  const again = await restored(scene, { backup, keys: latestKeys, facts });
  keeping.search('tables of the restored backup', again.rows.texts);
  const oldData = { data: old.urls.data, objects: join(before.directory, 'objects') };
  const besideOldData = await askClosedProduct(scene, { ...livingParts(stack), ...oldData });
  const forged = { ...latestKeys, ...oldData };
  await forgeMarks(forged);
  const behindLivingKeys = await readThroughOldProduct(scene, forged, false);

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
    rows: [...rows, again.rows],
    roots: {
      before: readKeyring(before.directory),
      left: left.roots,
      after: after.roots,
      soon: soon.roots,
      late: late.roots,
    },
    living: { left: left.rows, after: after.rows, soon: soon.rows, late: late.rows },
    throughProduct,
    portable: { files: [...filesOf(backup)], reading: again.reading },
    besideOldData,
    behindLivingKeys,
    receipts,
  };
  return { loot, old, copies: keeping.copies, backup, restored: again };
}

/** Gives the order about each who is to be erased, and makes a copy in the middle when there is to be one. */
async function giveOrders({ businesses, size }: Scene, keeping: Keeping): Promise<Order[]> {
  const due = businesses
    .filter(({ leaves }) => !leaves)
    .flatMap((business) =>
      business.people.filter(({ person }) => person.fate !== 'KEPT').map((held) => ({ business, held })),
    );
  const half = size.between ? Math.ceil(due.length / 2) : due.length;
  const orders = await orderAll(due.slice(0, half));
  if (!size.between) return orders;
  await keeping.copy('between');
  return [...orders, ...(await orderAll(due.slice(half)))];
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

/** What anybody could guess of those erased, in the spelling in which it would be hashed. */
const guessable = ({ businesses }: Scene): string[] =>
  businesses.flatMap(({ people }) =>
    people.flatMap(({ person }) =>
      person.identities.flatMap((identity) => [identity.value, normalised(identity)]),
    ),
  );
