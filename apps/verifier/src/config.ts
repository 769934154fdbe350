import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the command is told by its environment. */
export type VerifierConfig = {
  /** Where it remembers what it saw, unless `--state` says otherwise. */
  readonly stateDirectory: string;
  /** A credential for evidence behind an API (`PERSONR_BEARER`), or null. */
  readonly bearer: string | null;
};

/** Reads the environment. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): VerifierConfig {
  const state = env.XDG_STATE_HOME ?? join(env.HOME ?? homedir(), '.local', 'state');
  return { stateDirectory: join(state, 'personr-verify'), bearer: env.PERSONR_BEARER ?? null };
}
