export { fromBase64, toBase64 } from './bytes.js';
export * from './checkpoint.js';
export * from './ed25519.js';
export * from './grow-tree.js';
export * from './note.js';
export * from './receipt-body.js';
export {
  composeReceipt,
  RECEIPT_FORMAT,
  receiptCommitment,
  SALT_BYTES,
  type Receipt,
  type ReceiptEntry,
  type ReceiptParts,
} from './receipt.js';
export { consistencyPath, hashOver, inclusionPath, treeRoot } from './tiled-tree.js';
export * from './tile.js';
export * from './tlog-proof.js';
export * from './tree.js';
export * from './verify-receipt.js';
