import { createHash } from 'node:crypto';
import { canonicalJson } from '@personr/kernel';
import { type NoteSigner, signNote } from '@personr/proof';
import { type Answer } from './package.js';
import { type Entry } from './zip.js';

/** A file of the package as its manifest lists it, hashes in hex. */
export type ListedFile = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** SHA-256 of the salt and the file's bytes. */
  readonly saltedSha256: string;
};

/** How many of each the package holds, by the store that they rest in. A store that has nothing says so with 0. */
export type Counts = Readonly<Record<'records' | 'documents' | 'consents' | 'withheld', number>>;

/** The form of the manifest. */
export const MANIFEST_FORMAT = 'personr.package/v1';

/** Measures and hashes files as they go by. */
export class FileList {
  private readonly files: ListedFile[] = [];

  constructor(private readonly salt: Uint8Array) {}

  /** The same file, listed once its last byte was asked for. */
  listed(entry: Entry): Entry {
    return { ...entry, bytes: this.measured(entry) };
  }

  all(): readonly ListedFile[] {
    return this.files;
  }

  /** The SHA-256, in hex, and the size of a file that has gone by. */
  of(path: string): ListedFile {
    const file = this.files.find((one) => one.path === path);
    if (file === undefined) throw new Error('the file has not gone by');
    return file;
  }

  private async *measured({ path, bytes }: Entry): AsyncIterable<Uint8Array> {
    const [plain, salted] = [createHash('sha256'), createHash('sha256').update(this.salt)];
    let sizeBytes = 0;
    for await (const piece of bytes) {
      plain.update(piece);
      salted.update(piece);
      sizeBytes += piece.length;
      yield piece;
    }
    this.files.push({ path, sizeBytes, sha256: plain.digest('hex'), saltedSha256: salted.digest('hex') });
  }
}

/** The manifest, in its canonical bytes, and the hash that the log and the receipt name. */
export function manifestOf(
  { order, origin }: Answer,
  { salt, files, counts }: { salt: Uint8Array; files: readonly ListedFile[]; counts: Counts },
): { readonly text: string; readonly sha256: string } {
  const { content, audience, collectedFrom } = order.answer;
  const text = `${canonicalJson({
    format: MANIFEST_FORMAT,
    origin,
    tenantId: order.tenantId,
    instructionId: order.instructionId,
    subjectRef: order.subjectRef,
    type: order.type,
    content,
    audience,
    period: { from: collectedFrom, to: order.receivedAt.toISOString() },
    policyVersion: order.policyVersion,
    counts,
    salt: Buffer.from(salt).toString('hex'),
    files,
  })}\n`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/**
 * The manifest's hash as a signed note (C2SP signed-note) by the key of the log. Its first line is the form's name, so it
 * never passes for a checkpoint, whose first line is the origin.
 */
export const signManifest = (
  { order, origin }: Answer,
  { sha256, signer }: { sha256: string; signer: NoteSigner },
): string => signNote(`${MANIFEST_FORMAT}\n${origin}\n${order.instructionId}\n${sha256}\n`, [signer]);
