import { type Clock } from '@personr/kernel';
import { runVerifier } from './run-verifier.js';

/** What a test may set of the world around the command. */
export type World = {
  readonly stdin?: Uint8Array;
  readonly state?: string;
  readonly bearer?: string;
  readonly isWatched?: boolean;
  readonly clock?: Clock;
  readonly ended?: Promise<void>;
  readonly onOut?: (text: string) => void;
};

const NOON: Clock = { now: () => new Date('2026-11-30T12:00:00Z') };

/** Runs the command. It remembers nothing unless `state` says where. */
export async function runCommand(argv: readonly string[], world: World = {}) {
  const printed = { code: -1, out: '', err: '' };
  printed.code = await runVerifier(argv, {
    stdin: () => Promise.resolve(world.stdin ?? new Uint8Array(0)),
    out: (text) => {
      printed.out += text;
      world.onOut?.(text);
    },
    err: (text) => (printed.err += text),
    isWatched: world.isWatched ?? false,
    clock: world.clock ?? NOON,
    config: { stateDirectory: world.state ?? '/nowhere', bearer: world.bearer ?? null },
    ended: () => world.ended ?? Promise.resolve(),
  });
  return printed;
}
