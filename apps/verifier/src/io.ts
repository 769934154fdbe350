import { type Clock } from '@personr/kernel';
import { type VerifierConfig } from './config.js';

/** What the command touches of the world outside. */
export type VerifierIo = {
  /** Returns the bytes of standard input. */
  stdin(): Promise<Uint8Array>;
  out(text: string): void;
  err(text: string): void;
  /** Says whether somebody watches what `err` prints. */
  readonly isWatched: boolean;
  readonly clock: Clock;
  readonly config: VerifierConfig;
  /** Resolves when the command is to end: for what runs until then. */
  ended(): Promise<void>;
};
