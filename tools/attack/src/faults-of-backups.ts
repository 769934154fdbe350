import { join } from 'node:path';
import { withClient } from './copies.js';
import { type Fault } from './faults.js';
import { type Loot } from './loot.js';
import { forgeMarks, readThroughOldProduct } from './old-product.js';
import { erasedPack, keyBeside, under, valueOfErased } from './planting.js';
import { restored } from './portable.js';
import { type Scene } from './scene.js';
import { type Story } from './story.js';

/** What a portable backup would be that says too much, or one whose restoration does too little. */
export const backupFaults = (scene: Scene, story: Story): Fault[] => [
  ...sayingTooMuch,
  ...restoringTooLittle(scene, story),
];

const sayingTooMuch: Fault[] = [
  {
    name: "an erased person's keys, wrapped, are in a portable backup",
    claim: 'backup-holds-no-key',
    plant: (loot) => saying(loot, `\\\\x${erasedPack(loot).sealed.toString('hex')}\t\\N\n`),
  },
  {
    name: 'a root is in a portable backup',
    claim: 'backup-holds-no-key',
    plant: (loot) => saying(loot, `{"root":"${loot.roots.late[0]?.key.toString('base64') ?? ''}"}`),
  },
  {
    name: 'a value rests in a portable backup under a key that lives',
    claim: 'erased-is-unreadable',
    plant: (loot) => {
      const value = valueOfErased(loot);
      const rows = loot.rows.map((copy, place) =>
        place === loot.rows.length - 1
          ? { ...copy, things: [...copy.things, under(value, keyBeside(value, loot))] }
          : copy,
      );
      return { ...loot, rows };
    },
  },
];

const restoringTooLittle = (scene: Scene, { old, copies, backup, restored: again, loot }: Story): Fault[] => [
  {
    name: "a survivor's row is lost in a restored backup",
    claim: 'restored-backup-revives-nobody',
    plant: async (others) => {
      await withClient(again.parts.data, (client) =>
        client.query(`delete from record where element = 'MRZ'`),
      );
      // Marks were forged in that key store since.
      await forgeMarks(again.parts);
      return reading(others, await readThroughOldProduct(scene, again.parts));
    },
  },
  {
    name: "a backup is restored beside yesterday's key store and keyring",
    claim: 'restored-backup-revives-nobody',
    plant: async (others) => {
      const keyring = join(copies[0]?.directory ?? '', 'keyring');
      const keys = { keystore: old.urls.keystore, keyring };
      return reading(others, (await restored(scene, { backup, keys, facts: loot.facts })).reading);
    },
  },
];

/** A file of the backup says this. */
const saying = (loot: Loot, text: string): Loot => ({
  ...loot,
  portable: {
    ...loot.portable,
    files: [...loot.portable.files, { place: 'portable/tables/planted.copy', bytes: Buffer.from(text) }],
  },
});

const reading = (loot: Loot, read: Loot['portable']['reading']): Loot => ({
  ...loot,
  portable: { ...loot.portable, reading: read },
});
