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
import { type Keyring, type RootId, type RootName } from './keyring.js';
import { type Branch, openBranch } from './branch.js';
import { type Node } from './node.js';
import { openTenant } from './open-tenant.js';
import { keysIn, openPack, type Pack } from './pack.js';
import { toBranch, toNode, toPack } from './tree-reading.js';
import { type Owner, type Tree } from './vault.js';

/** Every row of a tenant that wraps a key, as a backup of the key store would have it. */
export type Copy = {
  readonly branches: readonly (Branch & { readonly tree: Tree })[];
  readonly nodes: readonly Node[];
  readonly packs: readonly Pack[];
};

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

  /** Plants a tenant's tree of subjects anew with one level, so that a test need not fill thousands of places to see it raised. */
  async lower(tenantId: TenantId): Promise<void> {
    const { database, keyring, clock } = this.keyStore();
    for (const table of ['pack', 'node', 'branch']) {
      const where =
        table === 'pack'
          ? "owner = (select house from tenant_root where tenant_id = $1 and tree = 'SUBJECTS')"
          : `tree = 'SUBJECTS'`;
      await this.rows(tenantId, `delete from ${table} where tenant_id = $1 and ${where}`);
    }
    await this.rows(
      tenantId,
      `update tenant_root set height = 1, opened_at = null where tenant_id = $1 and tree = 'SUBJECTS'`,
    );
    await openTenant({ database, keyring, clock }, tenantId);
  }

  /** The root in force of the tree of subjects. */
  async root(tenantId: TenantId): Promise<RootName> {
    const [row] = await this.rows(
      tenantId,
      `select root_id from tenant_root where tenant_id = $1 and tree = 'SUBJECTS'`,
    );
    return { tenantId, rootId: row!.root_id as RootId };
  }

  /** The owner of the tenant's own keys in a tree. */
  async house(tenantId: TenantId, tree: Tree): Promise<Owner> {
    const [row] = await this.rows(
      tenantId,
      `select house from tenant_root where tenant_id = $1 and tree = '${tree}'`,
    );
    return row!.house as Owner;
  }

  /** Rows as the owner of the database sees them. */
  async rows(tenantId: TenantId, sql: string): Promise<Record<string, unknown>[]> {
    await this.owner.query(`select set_config('app.tenant_id', $1, false)`, [tenantId]);
    return (await this.owner.query<Record<string, unknown>>(sql, [tenantId])).rows;
  }

  /** Copies what a backup of the key store would hold of a tenant. */
  async copy(tenantId: TenantId): Promise<Copy> {
    const all = (table: string) => this.rows(tenantId, `select * from ${table} where tenant_id = $1`);
    const branches = await all('branch');
    return {
      branches: branches.map((row) => ({ ...toBranch(row), tree: row.tree as Tree })),
      nodes: (await all('node')).map(toNode),
      packs: (await all('pack')).map(toPack),
    };
  }

  /** Tries every living root, and every key won by one, on every branch and pack of every copy. */
  async attack(tenantId: TenantId, copies: readonly Copy[]): Promise<Set<KeyId>> {
    const names = await this.keyring.list(tenantId);
    const living = await Promise.all(names.map((name) => this.keyring.readAll(name)));
    const keys = living.flat().flatMap((key) => (key ? [key] : []));
    const branches = copies.flatMap((copy) => copy.branches);
    const rootIds = [null, ...names.map(({ rootId }) => rootId)];
    const known = new Set(keys.map((key) => key.toString('hex')));
    for (const key of keys) {
      const won = branches.flatMap(({ tree, ...branch }) =>
        rootIds.flatMap((rootId) => attempt(() => openBranch(key, { tenantId, tree, rootId }, branch))),
      );
      for (const child of won.flatMap(({ children }) => [...children.values()])) {
        const name = Buffer.from(child).toString('hex');
        if (!known.has(name)) keys.push(Buffer.from(child));
        known.add(name);
      }
    }
    return new Set(
      copies.flatMap(({ nodes, packs }) => packs.flatMap((pack) => wonFrom(tenantId, { nodes, pack, keys }))),
    );
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

function wonFrom(
  tenantId: TenantId,
  { nodes, pack, keys }: { nodes: readonly Node[]; pack: Pack; keys: readonly Uint8Array[] },
): KeyId[] {
  const { owner } = pack;
  const versions = nodes.filter((node) => node.owner === owner).map(({ keyVersion }) => keyVersion);
  const opened = versions.flatMap((keyVersion) =>
    keys.flatMap((key) => attempt(() => openPack({ tenantId, owner, keyVersion, key }, pack))),
  );
  return opened.flatMap(() => keysIn(pack).map(([, keyId]) => keyId));
}

function attempt<T>(work: () => T): T[] {
  try {
    return [work()];
  } catch {
    return [];
  }
}
