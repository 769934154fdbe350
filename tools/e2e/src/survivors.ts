import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type InstructionId, type KeyId, newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { createTestDatabases } from '@personr/testkit';
import { type Vault } from '@personr/vault';
import { openTestVault } from '@personr/vault/testing';
import { Chance } from './bad-case.js';
import { type Made, VaultChild } from './vault-children.js';

const CREATORS = 8;
const SHREDDERS = 2;

/** What came of it: how many were made, shredded and struck down, and how many of them were not as they had to be. */
export type Survival = {
  readonly made: number;
  readonly shredded: number;
  readonly crashes: number;
  readonly freezes: number;
  /** Never ordered to go, and does not open. */
  readonly lost: number;
  /** Ordered to go, and opens after that was confirmed. */
  readonly revived: number;
};

/**
 * Eight processes create, two shred, and for so long each is frozen or killed now and then, at no chosen point. Then
 * what was begun is ended and everything is looked at.
 */
export async function survive({ seconds, seed }: { seconds: number; seed: number }): Promise<Survival> {
  const databases = await createTestDatabases();
  const opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock: new SettableClock() });
  const tenantId = newId<'tenant'>(new Date());
  await opened.vault.openTenant(tenantId);
  const environment = {
    KEYSTORE_DATABASE_URL: databases.keystoreUrl,
    KEYRING_DIRECTORIES: opened.keyringDirectories.join(':'),
    TENANT_ID: tenantId,
  };
  const children = Array.from({ length: CREATORS + SHREDDERS }, () => new VaultChild(environment));
  try {
    const struggle = new Struggle(children, new Chance(seed));
    await struggle.run(seconds);
    await Promise.all(children.map((child) => child.end()));
    return await struggle.reckon(opened.vault, tenantId);
  } finally {
    await Promise.all(children.map((child) => child.end()));
    await opened.close();
    await databases.drop();
  }
}

type Order = {
  readonly instructionId: InstructionId;
  readonly keyIds: readonly string[];
  readonly target: Made;
};

class Struggle {
  private readonly made: Made[] = [];
  private readonly orders: Order[] = [];
  private readonly confirmed = new Set<Order>();
  private crashes = 0;
  private freezes = 0;
  private isOver = false;

  constructor(
    private readonly children: readonly VaultChild[],
    private readonly chance: Chance,
  ) {}

  async run(seconds: number): Promise<void> {
    const work = this.children.map((child, at) =>
      at < CREATORS ? this.create(child, at) : this.shred(child),
    );
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) await this.strike();
    this.isOver = true;
    for (const child of this.children) child.signal('SIGCONT');
    await Promise.all(work);
  }

  /** Looks at what was confirmed, ends every order that was given, then opens everything. */
  async reckon(vault: Vault, tenantId: TenantId): Promise<Survival> {
    const targets = [...this.confirmed].map(({ target }) => target);
    const back = await readOf(vault, tenantId, targets);
    for (const order of this.orders) {
      await vault.shred(tenantId, order.keyIds as readonly KeyId[], order);
    }
    const doomed = new Set(this.orders.map(({ target }) => target));
    const opened = new Set(await readOf(vault, tenantId, this.made));
    const lost = this.made.filter((made) => !doomed.has(made) && !opened.has(made)).length;
    const revived = back.length + [...doomed].filter((made) => opened.has(made)).length;
    const { crashes, freezes } = this;
    return { made: this.made.length, shredded: this.confirmed.size, crashes, freezes, lost, revived };
  }

  private async create(child: VaultChild, creator: number): Promise<void> {
    for (let at = 0; !this.isOver; at += 1) {
      const made = (await child.ask({ create: `${creator}-${at}` })) as Made | null;
      if (made !== null) this.made.push(made);
    }
  }

  private async shred(child: VaultChild): Promise<void> {
    while (!this.isOver) {
      const taken = new Set(this.orders.map(({ target }) => target));
      const target = this.made.find((made) => !taken.has(made));
      if (target === undefined) {
        await sleep(20);
        continue;
      }
      const order = { instructionId: newId<'instruction'>(new Date()), keyIds: target.keyIds, target };
      this.orders.push(order);
      const { instructionId, keyIds } = order;
      if (await this.insist(child, { shred: { instructionId, keyIds } })) this.confirmed.add(order);
    }
  }

  /** Asks until it is answered. Says whether it was, before the struggle was over. */
  private async insist(child: VaultChild, what: object): Promise<boolean> {
    for (;;) {
      const done = await child.ask(what);
      if (done !== null || this.isOver) return done !== null;
    }
  }

  private readonly below = (max: number): number => this.chance.of(fc.nat({ max: max - 1 }));

  private async strike(): Promise<void> {
    const child = this.chance.pick(this.children);
    await sleep(20 + this.below(200));
    if (this.below(3) === 0) {
      this.crashes += 1;
      child.crash();
      return;
    }
    this.freezes += 1;
    child.signal('SIGSTOP');
    await sleep(this.below(300));
    child.signal('SIGCONT');
  }
}

/** Those that open and are what they were. */
async function readOf(vault: Vault, tenantId: TenantId, made: readonly Made[]): Promise<Made[]> {
  const read: Made[] = [];
  for (const each of made) if (await isRead(vault, tenantId, each)) read.push(each);
  return read;
}

const isRead = (vault: Vault, tenantId: TenantId, { name, keyId, sealed }: Made): Promise<boolean> =>
  vault
    .open(tenantId, [{ keyId: keyId as KeyId, binding: ['name'], sealed: Buffer.from(sealed, 'base64') }])
    .then(
      ([plaintext]) => Buffer.from(plaintext ?? []).toString() === name,
      () => false,
    );
