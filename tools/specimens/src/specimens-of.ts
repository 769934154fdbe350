import { type Person } from './people/person.js';
import { type Specimen } from './specimen.js';

/** How many people's specimens are kept in memory, some five megabytes each. */
const KEPT = 16;
const kept = new Map<string, Promise<readonly Specimen[]>>();

/**
 * Gives the files an invented person would send: documents, selfie, recordings, template, certificates, statement.
 * The same person gives the same files in every run, whatever clock, locale and fonts the machine has. Drawn when
 * first asked for, then kept for as long as no 16 others were asked for.
 */
export function specimensOf(person: Person): Promise<readonly Specimen[]> {
  const key = `${person.seed}/${person.index}`;
  const drawn = kept.get(key) ?? draw(person, key);
  kept.delete(key);
  kept.set(key, drawn);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return drawn;
}

async function draw(person: Person, key: string): Promise<readonly Specimen[]> {
  try {
    // The libraries that draw are heavy, and who only wants people does without them.
    const { drawSpecimens } = await import('./draw-specimens.js');
    return await drawSpecimens(person);
  } catch (error) {
    kept.delete(key);
    throw error;
  }
}
