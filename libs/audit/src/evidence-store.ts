import { DomainError } from '@personr/kernel';

/** A file of the evidence store. `path` is segments of letters, digits, `.`, `_`, `~`, `-`, with slashes between. */
export type EvidenceFile = { readonly path: string; readonly bytes: Uint8Array };

/**
 * Where evidence lies outside both databases: entries, tiles and checkpoints of every log, and the receipts. It holds no
 * personal data; it is to be kept from strangers all the same, since it shows a tenant's receipts. Every method throws
 * `SERVICE_UNAVAILABLE` when the store does not answer.
 */
export abstract class EvidenceStore {
  /**
   * Writes the files, each whole or not at all, in any order, in place of files of the same paths. When it resolves, all
   * of them survive a loss of power.
   */
  abstract put(files: readonly EvidenceFile[]): Promise<void>;

  /** The bytes at this path, or null when nothing was put there. */
  abstract get(path: string): Promise<Uint8Array | null>;

  /** The names of the files right below a path, in any order; none for a path that is not there. */
  abstract list(path: string): Promise<string[]>;

  /** Removes files, those that are there. One that comes back after a loss of power does no harm. */
  abstract remove(paths: readonly string[]): Promise<void>;

  /** Ends connections, if it has any. */
  close(): void {
    // A directory has none.
  }
}

const SEGMENT = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;

/** Throws `SERVICE_UNAVAILABLE` for what is no path of an evidence store. */
export function assertEvidencePath(path: string): void {
  if (!path.split('/').every((segment) => SEGMENT.test(segment))) {
    throw new DomainError('SERVICE_UNAVAILABLE', 'The name of a log is not a path of the evidence store.');
  }
}

/** The store did not answer. */
export const evidenceUnavailable = (cause: unknown): DomainError =>
  new DomainError('SERVICE_UNAVAILABLE', 'The evidence store did not answer. Nothing is signed.', { cause });
