export { assertAdmission } from './assert-admission.js';
export type {
  Admission,
  Admitted,
  DailyMac,
  Durability,
  Identity,
  IdentityType,
  LabelledSealing,
  Owner,
  Sealed,
  SealedUnder,
  Sealing,
  Tree,
} from './vault.js';
export { Vault } from './vault.js';
export * from './vault.documents.js';
export * from './vault.erasure.js';
export { VaultModule, type VaultOptions } from './vault.module.js';
export { VaultProbes } from './vault.probes.js';
