import { isDomainError, type KeyId, type TenantId } from '@personr/kernel';
import { type ObjectStore } from '@personr/stores';
import { type Vault } from '@personr/vault';
import { type Client } from 'pg';
import { type BackupObject, type Progress } from './backup.js';
import { type BackupFiles } from './backup-files.js';
import { readObjects } from './read-backup.js';

const AT_ONCE = 200;

type Tools = { readonly objects: ObjectStore; readonly vault: Vault; readonly progress: Progress };

/**
 * Puts the documents' objects back that the object store lacks. An object never changes, so one that is there is the same;
 * one whose key is gone could be read by nobody and stays away.
 */
export async function restoreObjects(client: Client, files: BackupFiles, tools: Tools): Promise<void> {
  const counts = { restored: 0, there: 0, unreadable: 0 };
  let page: BackupObject[] = [];
  const flush = async () => {
    const gone = await goneOf(client, page, tools.vault);
    for (const object of page) counts[await putBack(object, files, { gone, tools })] += 1;
    page = [];
  };
  for await (const object of readObjects(files)) {
    page.push(object);
    if (page.length === AT_ONCE) await flush();
  }
  if (page.length > 0) await flush();
  const { restored, there, unreadable } = counts;
  tools.progress(
    `objects: ${restored} put back, ${there} were there, ${unreadable} that nobody can open left away`,
  );
}

type Known = { readonly gone: ReadonlySet<string>; readonly tools: Tools };

async function putBack(
  { name, path }: BackupObject,
  files: BackupFiles,
  { gone, tools: { objects } }: Known,
): Promise<'restored' | 'there' | 'unreadable'> {
  if (gone.has(name)) return 'unreadable';
  if (await isThere(objects, name)) return 'there';
  await objects.put(name, files.read(path));
  return 'restored';
}

/** Whether the object can be read: where versions are kept, there may be nothing of it but those behind the marker of a removal. */
async function isThere(objects: ObjectStore, name: string): Promise<boolean> {
  try {
    for await (const bytes of objects.get(name, { start: 0, end: 0 })) if (bytes.length > 0) return true;
    return false;
  } catch (error) {
    if (isDomainError(error, 'OBJECT_MISSING')) return false;
    throw error;
  }
}

type Row = { readonly tenant_id: TenantId; readonly key_id: KeyId; readonly name: string };

/** The names of those objects that no living key opens. */
async function goneOf(
  client: Client,
  page: readonly BackupObject[],
  vault: Vault,
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<Row>(
    `select d.tenant_id, d.key_id, o.name
       from unnest($1::text[]) as o (name)
       join document d on d.tenant_id = split_part(o.name, '/', 1)::uuid and d.id = split_part(o.name, '/', 3)::uuid`,
    [page.map(({ name }) => name)],
  );
  const gone = new Set<string>();
  for (const tenantId of new Set(rows.map((row) => row.tenant_id))) {
    const own = rows.filter((row) => row.tenant_id === tenantId);
    const keys = new Set(
      await vault.gone(
        tenantId,
        own.map((row) => row.key_id),
      ),
    );
    for (const row of own) if (keys.has(row.key_id)) gone.add(row.name);
  }
  return gone;
}
