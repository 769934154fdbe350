import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { DomainError } from '@personr/kernel';

/**
 * The file with a token's PIN. Tokens lock after a few wrong ones, so a PIN that was refused is not offered again until
 * its file is written anew.
 */
export class PinFile {
  private refused: string | null = null;

  constructor(private readonly path: string) {}

  /**
   * Hands the PIN to `logIn`; when that throws what `isRefusal` says is a refusal, remembers this writing of the file.
   * Throws `KEYRING_UNSAFE` where others may read the file, `KEYRING_INCOMPLETE` where it cannot be read or was refused.
   */
  offer(logIn: (pin: string) => void, isRefusal: (error: unknown) => boolean): void {
    const { pin, writing } = this.read();
    if (writing === this.refused) throw refusedBefore();
    try {
      logIn(pin);
    } catch (error) {
      if (isRefusal(error)) this.refused = writing;
      throw error;
    }
  }

  private read(): { readonly pin: string; readonly writing: string } {
    const file = openPin(this.path);
    try {
      const stats = fstatSync(file, { bigint: true });
      assertPrivate(stats);
      const writing = `${String(stats.dev)} ${String(stats.ino)} ${String(stats.mtimeNs)}`;
      return { pin: readFileSync(file, 'utf8').trim(), writing };
    } finally {
      closeSync(file);
    }
  }
}

function openPin(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw new DomainError('KEYRING_INCOMPLETE', 'The file with the PIN of a token cannot be read.', {
      cause: error,
    });
  }
}

/** The PIN is a secret like a root: nobody else may read its file. */
function assertPrivate({ mode, uid }: BigIntStats): void {
  const isOurs = process.getuid === undefined || uid === BigInt(process.getuid());
  if (isOurs && (mode & 0o077n) === 0n) return;
  throw new DomainError(
    'KEYRING_UNSAFE',
    'The file with the PIN of a token needs mode 0600 and this process as its owner.',
  );
}

const refusedBefore = () =>
  new DomainError(
    'KEYRING_INCOMPLETE',
    'A token refused its PIN. It is not offered again, since tokens lock, until the file with the PIN is written anew.',
  );
