import { join } from 'node:path';
import { type Story } from './story.js';
import { withClient } from './copies.js';
import { type Fault } from './faults.js';
import { forgeMarks, readThroughOldProduct } from './old-product.js';
import { type Scene } from './scene.js';
import { readThroughProduct } from './through-product.js';

/** What is planted in products that run, and asked for at their doors. */
export const productFaults = (scene: Scene, { old, copies }: Story): Fault[] => [
  {
    name: "a receipt's salt is another",
    claim: 'receipts-verify',
    plant: (loot) => ({
      ...loot,
      receipts: loot.receipts.map((one, place) =>
        place === 0
          ? { ...one, receipt: { ...one.receipt, salt: Buffer.alloc(32).toString('base64') } }
          : one,
      ),
    }),
  },
  {
    name: 'the product opens beside an older data database',
    claim: 'closed-until-replayed',
    plant: (loot) => ({ ...loot, besideOldData: loot.behindLivingKeys }),
  },
  {
    name: "yesterday's key store and keyring are put back with yesterday's data",
    claim: 'old-data-behind-living-keys',
    plant: async (loot) => {
      const before = copies[0]?.directory ?? '';
      const parts = { ...old.urls, keyring: join(before, 'keyring'), objects: join(before, 'objects') };
      await forgeMarks(parts);
      return { ...loot, behindLivingKeys: await readThroughOldProduct(scene, parts, false) };
    },
  },
  {
    name: "a survivor's row is lost in the running product",
    claim: 'product-knows-the-rest',
    plant: async (loot) => {
      const business = scene.businesses[0];
      const held = business?.people.find(({ person }) => person.fate === 'KEPT');
      if (business === undefined || held === undefined) throw new Error('nobody is kept');
      await withClient(scene.stack.dataOwnerUrl, (client) =>
        client.query("delete from record where subject_id = $1 and element = 'MRZ'", [held.subjectId]),
      );
      const one = { ...business, people: [held] };
      return {
        ...loot,
        throughProduct: await readThroughProduct([one], ({ door }) => door, { marks: scene.marker }),
      };
    },
  },
];
