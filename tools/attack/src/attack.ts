import { CLAIMS } from './claims.js';
import { faultsOf } from './faults.js';
import { judgeClaims, judgeFaults, type Outcome } from './report.js';
import { openScene, type Size } from './scene.js';
import { live } from './story.js';

/** Runs the whole attack: the story of the product, then every claim, then every fault. Leaves nothing running and nothing lying. */
export async function attack(size: Size, say: (line: string) => void): Promise<Outcome> {
  const scene = await openScene(size, say);
  try {
    const story = await live(scene);
    const answered = await judgeClaims(CLAIMS, story.loot, say);
    const loot = { ...story.loot, all: false };
    const faults = await judgeFaults(answered, { claims: CLAIMS, faults: faultsOf(scene, story), loot }, say);
    return { claims: answered, faults };
  } finally {
    await scene.end();
  }
}
