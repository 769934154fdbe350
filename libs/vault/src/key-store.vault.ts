import { type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type InstructionId, type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { admitAll } from './admit-all.js';
import { checkKeyring } from './check-keyring.js';
import { dailyMacs } from './daily-macs.js';
import { KeyStoreOpener, KeyStoreSealer } from './document-seals.js';
import { findAllSubjects } from './find-subjects.js';
import { closedKeys, goneKeys } from './gone-keys.js';
import { countLeft } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { keysFor } from './keys-for.js';
import { dropPackOf, keysOfAll, type KeysQuery, ownersAfter } from './keys.repository.js';
import { readLedger } from './read-ledger.js';
import { type LeaveOrder, leaveTree } from './leave-tree.js';
import { writeIntents } from './ledger.repository.js';
import { renewIndex } from './renew-index.js';
import { type ShredOrder } from './rotate-root.js';
import { LeasedDayKeys } from './leased-day-keys.js';
import { openGeneration } from './open-generation.js';
import { openTenant } from './open-tenant.js';
import { clearLeftTree } from './shred.repository.js';
import { shredKeys, sweepKeys } from './shred-keys.js';
import { sealAllFor } from './seal-for.js';
import { SharedRotations } from './shared-rotations.js';
import { openAll, sealAll } from './use-keys.js';
import {
  type Admission,
  type Identity,
  type Owner,
  type OwnSealing,
  type Sealed,
  type Sealing,
  type Tree,
  Vault,
} from './vault.js';
import { type Intent } from './vault.erasure.js';
import { type WindowMarks, type WindowSearch } from './vault.windows.js';
import { beginWindow, windowMacs } from './window-macs.js';
import { type DocumentKey } from './vault.documents.js';

type ShredReason = { readonly instructionId: InstructionId };

/** The vault over a key-store database and a keyring. Between two calls it keeps keys of the day, leased, and no other. */
export class KeyStoreVault extends Vault implements OnModuleInit, OnApplicationShutdown {
  private readonly dayKeys: LeasedDayKeys;
  private readonly rotations: SharedRotations;

  constructor(private readonly store: KeyStore) {
    super();
    this.dayKeys = new LeasedDayKeys(store);
    this.rotations = new SharedRotations(store);
  }

  /** Refuses to start beside a keyring that cannot be trusted: see `checkKeyring`. */
  onModuleInit(): Promise<void> {
    return checkKeyring(this.store);
  }

  /** Ends the leases and the connections. */
  onApplicationShutdown(): Promise<void> {
    this.dayKeys.end();
    return this.store.database.close();
  }

  openTenant(tenantId: TenantId) {
    return openTenant(this.store, tenantId);
  }

  admitAll(tenantId: TenantId, admissions: readonly Admission[]) {
    return admitAll(this.store, tenantId, admissions);
  }

  keysFor(tenantId: TenantId, owner: Owner, labels: readonly string[]) {
    return keysFor(this.store, tenantId, owner, labels);
  }

  dropKey(tenantId: TenantId, owner: Owner, label: string) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => dropPackOf(tx, owner, label));
  }

  findAll(tenantId: TenantId, identities: readonly Identity[]): Promise<SubjectId[][]> {
    return findAllSubjects(this.store, tenantId, identities);
  }

  seal(tenantId: TenantId, items: readonly Sealing[]): Promise<Uint8Array[]> {
    return sealAll(this.store, tenantId, items);
  }

  open(tenantId: TenantId, items: readonly Sealed[]): Promise<Uint8Array[]> {
    return openAll(this.store, tenantId, items);
  }

  sealAllFor(tenantId: TenantId, what: { readonly tree: Tree; readonly items: readonly OwnSealing[] }) {
    return sealAllFor(this.store, tenantId, what);
  }

  gone(tenantId: TenantId, keyIds: readonly KeyId[]) {
    return goneKeys(this.store, tenantId, keyIds);
  }

  closed(tenantId: TenantId, keyIds: readonly KeyId[]) {
    return closedKeys(this.store, tenantId, keyIds);
  }

  openGeneration(tenantId: TenantId, owner: Owner) {
    return openGeneration(this.store, tenantId, owner);
  }

  sealer(tenantId: TenantId, key: DocumentKey) {
    return new KeyStoreSealer(this.store, tenantId, key);
  }

  opener(tenantId: TenantId, key: DocumentKey & { readonly noncePrefix: Uint8Array }) {
    return new KeyStoreOpener(this.store, tenantId, key);
  }

  keysOfAll(tenantId: TenantId, asked: readonly KeysQuery[]) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => keysOfAll(tx, asked));
  }

  remainingAll(tenantId: TenantId, owners: readonly Owner[]) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => countLeft(tx, owners));
  }

  owners(tenantId: TenantId, page: { tree: Tree; after: Owner | null; limit: number }) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => ownersAfter(tx, page));
  }

  intend(tenantId: TenantId, intents: readonly Intent[]) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) =>
      writeIntents(tx, intents, this.store.clock.now()),
    );
  }

  shred(tenantId: TenantId, keyIds: readonly KeyId[], { instructionId }: ShredReason) {
    this.dayKeys.end(tenantId);
    return this.rotations.shred(tenantId, { instructionId, keyIds });
  }

  shredAll(tenantId: TenantId, orders: readonly ShredOrder[]) {
    this.dayKeys.end(tenantId);
    return shredKeys(this.store, tenantId, orders);
  }

  leave(tenantId: TenantId, order: LeaveOrder) {
    this.dayKeys.end(tenantId);
    return leaveTree(this.store, tenantId, order);
  }

  clearLeft(tenantId: TenantId, count: number) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => clearLeftTree(tx, count));
  }

  ledger(tenantId: TenantId) {
    return readLedger(this.store, tenantId);
  }

  async tenants(): Promise<TenantId[]> {
    const roots = await this.store.database.roots();
    return [...new Set(roots.map(({ tenantId }) => tenantId))];
  }

  renewIndex(tenantId: TenantId) {
    return renewIndex(this.store, tenantId);
  }

  sweep(tenantId: TenantId) {
    this.dayKeys.end(tenantId);
    return sweepKeys(this.store, tenantId);
  }

  dailyMacs(tenantId: TenantId, use: string, data: readonly Uint8Array[]) {
    return dailyMacs(this.dayKeys, tenantId, use, data);
  }

  beginWindow(tenantId: TenantId, what: WindowMarks) {
    return beginWindow(this.store, tenantId, what);
  }

  windowMacs(tenantId: TenantId, what: WindowSearch) {
    return windowMacs(this.store, tenantId, what);
  }

  durability() {
    return this.store.database.durability();
  }
}
