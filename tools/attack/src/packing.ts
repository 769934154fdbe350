import { setTimeout as pause } from 'node:timers/promises';
import { type Door, taken } from './door.js';

const LOOK_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 120_000;

/** Has everything that is held of a person packed for the Business, and takes the package. */
export async function packageOf(door: Door, subjectId: string): Promise<Buffer> {
  const { json } = await door.take('/v1/instructions', {
    type: 'EXPORT',
    subject: { id: subjectId },
    basis: 'END_OF_PURPOSE',
    writing: { text: 'Give us what is held.' },
    export: { content: 'SPECIFIC_PIECES', audience: 'BUSINESS', lookback: { all: true } },
  });
  const path = `/v1/instructions/${String(json.id)}`;
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const { json: view } = await door.get(path);
    if (view.final === true) break;
    if (performance.now() > deadline) throw new Error(`an export is ${String(view.state)} after two minutes`);
    await pause(LOOK_MILLISECONDS);
  }
  return taken('a package', await door.get(`${path}/package`)).bytes;
}
