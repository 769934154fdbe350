import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fromBase64, toBase64 } from '@personr/proof';
import { Unfollowable } from './unfollowable.js';

/** The head that a witness cosigned last, and where it stands in the witness's own count. */
export type WitnessedHead = { readonly edition: number; readonly size: number; readonly root: Uint8Array };

const EDITION = /^\d{16}$/;
const KEPT = 3;
const FORMAT = 'personr-witness/1';

/**
 * What a witness cosigned last of each log, on disk, a directory a log. Each head is a file with the next number for a name, put
 * in place by a hard link: of two that replace the same head one finds the name taken, be it in another process.
 */
export class WitnessState {
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** The head cosigned last, or null. Throws `Unfollowable` for a file that is damaged: a witness that forgets is none. */
  last(origin: string): WitnessedHead | null {
    const edition = this.editions(origin).at(-1);
    return edition === undefined ? null : this.read(origin, edition);
  }

  /**
   * Puts `next` in the place of `before`, unless another was put there meanwhile: compare-and-swap. When it returns true, the
   * head survives a loss of power; with false, nothing was changed.
   */
  swap(origin: string, before: WitnessedHead | null, next: { size: number; root: Uint8Array }): boolean {
    const directory = this.directoryOf(origin);
    if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) sync(dirname(directory));
    const edition = (before?.edition ?? 0) + 1;
    const draft = join(directory, `${process.pid}.draft`);
    write(draft, JSON.stringify({ format: FORMAT, origin, size: next.size, root: toBase64(next.root) }));
    const isFirst = link(draft, join(directory, nameOf(edition)));
    rmSync(draft, { force: true });
    if (!isFirst) return false;
    sync(directory);
    return this.settle(origin, edition);
  }

  /** Old heads go, but for a few. Had so many come since `before` that its successor's name was free again, ours was not next. */
  private settle(origin: string, edition: number): boolean {
    const editions = this.editions(origin);
    if (editions.at(-1) !== edition) {
      rmSync(join(this.directoryOf(origin), nameOf(edition)), { force: true });
      return false;
    }
    for (const old of editions.slice(0, -KEPT))
      rmSync(join(this.directoryOf(origin), nameOf(old)), { force: true });
    return true;
  }

  private editions(origin: string): number[] {
    try {
      const names = readdirSync(this.directoryOf(origin)).filter((name) => EDITION.test(name));
      return names.map(Number).sort((one, other) => one - other);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  private read(origin: string, edition: number): WitnessedHead {
    const text = readFileSync(join(this.directoryOf(origin), nameOf(edition)), 'utf8');
    const head = parse(text);
    if (head?.origin !== origin) throw new Unfollowable('The state of the witness is damaged.');
    return { edition, size: head.size, root: head.root };
  }

  private directoryOf(origin: string): string {
    return join(this.directory, createHash('sha256').update(origin).digest('hex').slice(0, 32));
  }
}

const nameOf = (edition: number): string => String(edition).padStart(16, '0');

function parse(text: string): { origin: string; size: number; root: Uint8Array } | null {
  try {
    const { format, origin, size, root } = JSON.parse(text) as Record<string, unknown>;
    const hash = typeof root === 'string' ? fromBase64(root) : undefined;
    const isWhole = format === FORMAT && typeof origin === 'string' && Number.isSafeInteger(size);
    return isWhole && hash?.length === 32 ? { origin, size: size as number, root: hash } : null;
  } catch {
    return null;
  }
}

/** Says whether the name was free. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function write(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function sync(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
