import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SEALED_CHUNK = 4 * 1024 * 1024 + 16;

/** Does to the bytes of a document what somebody at the object store could. */
export function damage(
  directory: string,
  { id, other, how }: { id: string; other: string; how: string },
): void {
  const file = join(directory, id);
  const bytes = readFileSync(file);
  const ways: Record<string, () => void> = {
    flip: () => {
      bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
      writeFileSync(file, bytes);
    },
    cut: () => {
      truncateSync(file, bytes.length - 1);
    },
    chunk: () => {
      truncateSync(file, SEALED_CHUNK);
    },
    gone: () => {
      rmSync(file);
    },
    swap: () => {
      copyFileSync(join(directory, other), file);
    },
  };
  ways[how]?.();
}
