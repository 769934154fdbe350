import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type KeyId, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { createTestDatabases } from '@personr/testkit';
import { DirectoryKeyring } from './directory.keyring.js';
import { type KeyStore } from './key-store.js';
import { KeyStoreDatabase } from './key-store.database.js';
import { KeyStoreVault } from './key-store.vault.js';
import { type Keyring } from './keyring.js';
import { toNode, toPack } from './keys.repository.js';
import { keysIn, openPack, type Pack } from './pack.js';
import { type WrappedNode, unwrapNode } from './wrap.js';

/** Every row of a tenant that wraps a key, as a backup of the key store would have it. */
export type Copy = { readonly nodes: readonly WrappedNode[]; readonly packs: readonly Pack[] };

/** A subject with one sealed value, as a test sees it. */
export type Kept = { subjectId: SubjectId; keyId: KeyId; keyIds: KeyId[]; sealed: Uint8Array };

/** A key store, a keyring and as many "processes" over them as a test starts. */
export class VaultFixture {
  readonly clock = new SettableClock();
  private readonly databases: KeyStoreDatabase[] = [];

  private constructor(
    readonly urls: Awaited<ReturnType<typeof createTestDatabases>>,
    readonly home: string,
    readonly owner: pg.Client,
  ) {}

  static async open(): Promise<VaultFixture> {
    const urls = await createTestDatabases();
    const owner = new pg.Client({ connectionString: urls.keystoreOwnerUrl });
    await owner.connect();
    return new VaultFixture(urls, await mkdtemp(join(tmpdir(), 'personr-keyring-')), owner);
  }

  get directories(): [string, string] {
    return [join(this.home, 'first'), join(this.home, 'second')];
  }

  get keyring(): Keyring {
    return new DirectoryKeyring(this.directories);
  }

  /** What a process holds its vault over; `keyring` and `databaseUrl` may be faulty ones. */
  keyStore(options: { keyring?: Keyring; databaseUrl?: string } = {}): KeyStore {
    const database = new KeyStoreDatabase({
      databaseUrl: options.databaseUrl ?? this.urls.keystoreUrl,
      poolSize: 4,
    });
    this.databases.push(database);
    return { database, keyring: options.keyring ?? this.keyring, clock: this.clock };
  }

  /** Another process; `keyring` and `databaseUrl` may be faulty ones. */
  process(options: { keyring?: Keyring; databaseUrl?: string } = {}): KeyStoreVault {
    return new KeyStoreVault(this.keyStore(options));
  }

  /** A new tenant, opened by a new process. */
  async tenant(): Promise<{ vault: KeyStoreVault; tenantId: TenantId }> {
    const vault = this.process();
    await vault.onModuleInit();
    const tenantId = newId<'tenant'>(new Date());
    await vault.openTenant(tenantId);
    return { vault, tenantId };
  }

  /** Rows as the owner of the database sees them. */
  async rows(tenantId: TenantId, sql: string): Promise<Record<string, unknown>[]> {
    await this.owner.query(`select set_config('app.tenant_id', $1, false)`, [tenantId]);
    return (await this.owner.query<Record<string, unknown>>(sql, [tenantId])).rows;
  }

  /** Copies what a backup of the key store would hold of a tenant. */
  async copy(tenantId: TenantId): Promise<Copy> {
    const nodes = await this.rows(
      tenantId,
      'select *, wrapped_key as node_key from node where tenant_id = $1',
    );
    const packs = await this.rows(tenantId, 'select * from pack where tenant_id = $1');
    return { nodes: nodes.map(toNode), packs: packs.map(toPack) };
  }

  /** Tries every living root on every node of every copy, and every node key so won on every pack. */
  async attack(tenantId: TenantId, copies: readonly Copy[]): Promise<Set<KeyId>> {
    const names = await this.keyring.list(tenantId);
    const keys = await Promise.all(names.map((name) => this.keyring.readAll(name)));
    const roots = names.flatMap((name, at) => keys[at]!.flatMap((key) => (key ? [{ ...name, key }] : [])));
    const nodes = roots.flatMap((root) =>
      copies.flatMap((copy) => copy.nodes.flatMap((node) => attempt(() => unwrapNode(root, node)))),
    );
    const packs = copies.flatMap((copy) => copy.packs);
    const won = nodes.flatMap((node) =>
      packs.flatMap((pack) =>
        attempt(() => openPack({ ...node, owner: pack.owner }, pack)).flatMap(() =>
          keysIn(pack).map(([, keyId]) => keyId),
        ),
      ),
    );
    return new Set(won);
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
    await this.owner.end();
    await this.urls.drop();
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Admits a subject and seals one value for it. */
export async function aSubject(vault: KeyStoreVault, tenantId: TenantId, externalId: string): Promise<Kept> {
  const candidate = newId<'subject'>(new Date());
  const identities = [{ type: 'EXTERNAL_ID', value: externalId } as const];
  const value = { label: 'name', binding: ['name'], plaintext: bytes(externalId) };
  const [admitted] = await vault.admitAll(tenantId, [
    { candidate, identities, labels: ['name', 'scan'], seal: () => [value] },
  ]);
  const { subjectId, keys, sealed } = admitted!;
  return { subjectId, keyIds: [...keys.values()], ...sealed[0]! };
}

/** Opens what `aSubject` sealed. */
export async function read(vault: KeyStoreVault, tenantId: TenantId, kept: Kept): Promise<string> {
  const [plaintext] = await vault.open(tenantId, [
    { keyId: kept.keyId, binding: ['name'], sealed: kept.sealed },
  ]);
  return Buffer.from(plaintext!).toString();
}

export const bytes = (text: string): Uint8Array => Buffer.from(text);

export const anInstruction = () => ({ instructionId: newId<'instruction'>(new Date()) });

function attempt<T>(work: () => T): T[] {
  try {
    return [work()];
  } catch {
    return [];
  }
}
