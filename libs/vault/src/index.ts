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
  Remaining,
  Sealed,
  SealedUnder,
  Sealing,
  Shredding,
} from './vault.js';
export { Vault } from './vault.js';
export * from './vault.documents.js';
export { VaultModule, type VaultOptions } from './vault.module.js';
export { VaultProbes } from './vault.probes.js';
