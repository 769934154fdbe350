export { assertAdmission } from './assert-admission.js';
export { KeyStoreHeads, type SignedHead } from './key-store.heads.js';
export type {
  Admission,
  Admitted,
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
export { IntentMirror, type MirroredIntent } from './intent-mirror.js';
export { type Known, KeyStoreTide, type Marks } from './key-store.tide.js';
export { type KeptMark, MarkMirror } from './mark-mirror.js';
export { HoldMirror, type MirroredHold } from './hold-mirror.js';
export { Vault } from './vault.js';
export * from './vault.documents.js';
export * from './vault.windows.js';
export * from './vault.erasure.js';
export { VaultModule, type VaultOptions } from './vault.module.js';
export { VaultProbes } from './vault.probes.js';
export { openKeyring } from './open-keyring.js';
export { type TokenAddress } from './replica.token.js';
export { type KeyringPlaces, readKeyring } from './read-keyring.js';
