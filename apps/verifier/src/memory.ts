import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checkpoint, fromBase64, toBase64 } from '@personr/proof';
import { type DerivationMark } from './tree-derivation.js';
import { Unfollowable } from './unfollowable.js';

/** What was seen of a log before: the last checkpoint that held, and how far a run came that did not end. */
export type Remembered = {
  readonly seen: (Checkpoint & { readonly at: string }) | null;
  readonly unfinished: Unfinished | null;
};

/** A derivation that was broken off: `from` is the first entry that was there. */
export type Unfinished = DerivationMark & { readonly from: number };

const NOTHING: Remembered = { seen: null, unfinished: null };
const FORMAT = 'personr-verify/1';

/** What this machine saw of each log, a small file a log. Of whoever can change it, the verifier believes the same. */
export class Memory {
  /** `directory` is null for a memory that keeps nothing. */
  constructor(private readonly directory: string | null) {}

  /** What is remembered of the log with this name. Throws `Unfollowable` for a file that cannot be read or is none of ours. */
  async recall(origin: string): Promise<Remembered> {
    if (this.directory === null) return NOTHING;
    const text = await readFile(this.fileOf(origin), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new Unfollowable('What was remembered of this log cannot be read.');
    });
    return text === null ? NOTHING : read(text, origin);
  }

  /** Puts this in place of what was remembered, whole or not at all. Throws `Unfollowable` when it cannot be written. */
  async keep(origin: string, { seen, unfinished }: Remembered): Promise<void> {
    if (this.directory === null) return;
    const kept = seen === null ? null : { ...seen, root: toBase64(seen.root) };
    const file = this.fileOf(origin);
    const draft = `${file}.${process.pid}`;
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify({ format: FORMAT, origin, seen: kept, unfinished }), {
        mode: 0o600,
      });
      await rename(draft, file);
    } catch {
      await rm(draft, { force: true });
      throw new Unfollowable(
        'What was seen of this log cannot be remembered: name another --state directory.',
      );
    }
  }

  private fileOf(origin: string): string {
    const name = createHash('sha256').update(origin).digest('hex').slice(0, 32);
    return join(this.directory ?? '', `${name}.json`);
  }
}

type Stored = {
  readonly format?: unknown;
  readonly origin?: unknown;
  readonly seen?: { readonly size: number; readonly root: string; readonly at: string } | null;
  readonly unfinished?: Unfinished | null;
};

function read(text: string, origin: string): Remembered {
  try {
    const { format, origin: named, seen = null, unfinished = null } = JSON.parse(text) as Stored;
    if (format !== FORMAT || named !== origin) throw new Error('another file');
    return { seen: seen === null ? null : { origin, ...headOf(seen) }, unfinished };
  } catch {
    throw new Unfollowable(
      'What was remembered of this log is damaged: remove its file, or name another --state.',
    );
  }
}

function headOf({ size, root, at }: NonNullable<Stored['seen']>) {
  const hash = fromBase64(root);
  if (hash === undefined || !Number.isSafeInteger(size)) throw new Error('no checkpoint');
  return { size, root: hash, at };
}
