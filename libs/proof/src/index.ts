export * from './ask-witness.js';
export { fromBase64, toBase64 } from './bytes.js';
export * from './checkpoint.js';
export * from './cosignature.js';
export * from './ed25519.js';
export * from './grow-tree.js';
export * from './meta-log.js';
export {
  type NoteSigner,
  type NoteVerifier,
  type OpenedNote,
  isKeyName,
  KEY_ID_BYTES,
  openNote,
  readNote,
  signNote,
} from './note.js';
export * from './policy.js';
export { isQuorum, NO_QUORUM, type Quorum, quorumOf, type QuorumRule } from './quorum.js';
export * from './receipt-body.js';
export {
  type AnchorParts,
  type Anchoring,
  composeReceipt,
  RECEIPT_FORMAT,
  receiptCommitment,
  SALT_BYTES,
  type Receipt,
  type ReceiptAnchor,
  type ReceiptEntry,
  type ReceiptParts,
} from './receipt.js';
export { consistencyPath, hashOver, inclusionPath, treeRoot } from './tiled-tree.js';
export * from './tile.js';
export * from './tlog-proof.js';
export * from './tree.js';
export * from './verify-anchor.js';
export * from './verify-receipt.js';
export { type Ed25519Verify, pureEd25519 } from './vkey.js';
