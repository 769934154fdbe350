import { type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type KeyId, type SubjectId, type TenantId } from '@personr/kernel';
import { admitAll } from './admit-all.js';
import { checkKeyring } from './check-keyring.js';
import { dailyMacs } from './daily-macs.js';
import { KeyStoreOpener, KeyStoreSealer } from './document-seals.js';
import { findSubjects } from './find-subjects.js';
import { goneKeys } from './gone-keys.js';
import { countLeft } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { keysFor } from './keys-for.js';
import { keysOf } from './keys.repository.js';
import { LeasedDayKeys } from './leased-day-keys.js';
import { openTenant } from './open-tenant.js';
import { type ShredReason, shredKeys, sweepKeys } from './shred-keys.js';
import { sealFor } from './seal-for.js';
import { openAll, sealAll } from './use-keys.js';
import {
  type Admission,
  type Identity,
  type Owner,
  type OwnSealing,
  type Sealed,
  type Sealing,
  Vault,
} from './vault.js';
import { type DocumentKey } from './vault.documents.js';

/** The vault over a key-store database and a keyring. Between two calls it keeps keys of the day, leased, and no other. */
export class KeyStoreVault extends Vault implements OnModuleInit, OnApplicationShutdown {
  private readonly dayKeys: LeasedDayKeys;

  constructor(private readonly store: KeyStore) {
    super();
    this.dayKeys = new LeasedDayKeys(store);
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

  find(tenantId: TenantId, identity: Identity): Promise<SubjectId[]> {
    return findSubjects(this.store, tenantId, identity);
  }

  seal(tenantId: TenantId, items: readonly Sealing[]): Promise<Uint8Array[]> {
    return sealAll(this.store, tenantId, items);
  }

  open(tenantId: TenantId, items: readonly Sealed[]): Promise<Uint8Array[]> {
    return openAll(this.store, tenantId, items);
  }

  sealFor(tenantId: TenantId, item: OwnSealing) {
    return sealFor(this.store, tenantId, item);
  }

  gone(tenantId: TenantId, keyIds: readonly KeyId[]) {
    return goneKeys(this.store, tenantId, keyIds);
  }

  sealer(tenantId: TenantId, key: DocumentKey) {
    return new KeyStoreSealer(this.store, tenantId, key);
  }

  opener(tenantId: TenantId, key: DocumentKey & { readonly noncePrefix: Uint8Array }) {
    return new KeyStoreOpener(this.store, tenantId, key);
  }

  keysOf(tenantId: TenantId, owner: Owner, labels?: readonly string[]) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => keysOf(tx, owner, labels));
  }

  remaining(tenantId: TenantId, owner: Owner) {
    return this.store.database.forTenant(tenantId, 'SHARED', (tx) => countLeft(tx, owner));
  }

  shred(tenantId: TenantId, keyIds: readonly KeyId[], reason: ShredReason) {
    this.dayKeys.end(tenantId);
    return shredKeys(this.store, tenantId, keyIds, reason);
  }

  sweep(tenantId: TenantId) {
    this.dayKeys.end(tenantId);
    return sweepKeys(this.store, tenantId);
  }

  dailyMacs(tenantId: TenantId, use: string, data: readonly Uint8Array[]) {
    return dailyMacs(this.dayKeys, tenantId, use, data);
  }

  durability() {
    return this.store.database.durability();
  }
}
