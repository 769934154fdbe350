import { type Story } from './story.js';
import { backupFaults } from './faults-of-backups.js';
import { keyFaults } from './faults-of-keys.js';
import { lossFaults } from './faults-of-losses.js';
import { placeFaults } from './faults-of-places.js';
import { productFaults } from './faults-of-product.js';
import { type Loot } from './loot.js';
import { type Scene } from './scene.js';

/** Something that a product with a defect would have left behind, and the claim that it breaks. */
export type Fault = {
  readonly name: string;
  readonly claim: string;
  /** Returns what the attacker would hold then. */
  readonly plant: (loot: Loot) => Loot | Promise<Loot>;
};

/** Every fault. Those that damage the running product come last. */
export const faultsOf = (scene: Scene, story: Story): Fault[] => [
  ...placeFaults(scene, story),
  ...keyFaults(),
  ...lossFaults(),
  ...backupFaults(scene, story),
  ...productFaults(scene, story),
];
