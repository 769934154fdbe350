import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogSigner } from '@personr/audit';
import { DomainError } from '@personr/kernel';
import { openNote, signNote } from '@personr/proof';
import {
  BACKUP_FORMAT,
  BACKUP_ORIGIN,
  type BackupManifest,
  type BackupObject,
  MANIFEST,
  OBJECTS,
  type Progress,
  SIGNATURE,
} from './backup.js';
import { type BackupFiles, broken } from './backup-files.js';

/** What is signed of a manifest: the format's name and the SHA-256 of its bytes (C2SP signed-note). */
const statementOf = (manifest: string): string =>
  `${BACKUP_FORMAT}\n${createHash('sha256').update(manifest).digest('base64')}\n`;

/** Signs a manifest with the key that signs the log. */
export const signManifest = (manifest: string, signer: LogSigner): string =>
  signNote(statementOf(manifest), [signer.forOrigin(BACKUP_ORIGIN)]);

/**
 * Reads a backup's manifest. Throws `BACKUP_INCOMPLETE` for one that was broken off, `BACKUP_BROKEN` for a manifest that
 * another key signed, or nobody.
 */
export async function readManifest({ directory }: BackupFiles, signer: LogSigner): Promise<BackupManifest> {
  const text = await readText(join(directory, MANIFEST));
  const signature = await readText(join(directory, SIGNATURE));
  if (text === null || signature === null) {
    throw new DomainError(
      'BACKUP_INCOMPLETE',
      `This is no whole backup: ${text === null ? MANIFEST : SIGNATURE}, which is written last, is not there.`,
    );
  }
  if (!isSigned(text, signature, signer)) throw broken(MANIFEST, 'is not what the key of the log signed');
  const manifest = JSON.parse(text) as BackupManifest;
  if ((manifest.format as string) !== BACKUP_FORMAT) throw broken(MANIFEST, 'is of another format');
  return manifest;
}

function isSigned(manifest: string, signature: string, signer: LogSigner): boolean {
  try {
    return openNote(signature, signer.verifiersOf(BACKUP_ORIGIN)).text === statementOf(manifest);
  } catch {
    return false;
  }
}

/** Reads every part to its end. Throws `BACKUP_BROKEN`, which names the part that is truncated, changed or missing. */
export async function verifyParts(
  files: BackupFiles,
  { tables, objects }: BackupManifest,
  progress: Progress,
): Promise<void> {
  for (const table of tables) await files.assertIntact(table);
  await files.assertIntact(objects);
  for await (const object of readObjects(files)) await files.assertIntact(object);
  progress(`verified ${tables.length} tables and ${objects.count} objects`);
}

/** The objects of a backup, in their order. */
export async function* readObjects(files: BackupFiles): AsyncIterable<BackupObject> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of files.read(OBJECTS)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as BackupObject;
  }
}

const readText = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
