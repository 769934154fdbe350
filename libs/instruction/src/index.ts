export * from './accept-instruction.js';
export * from './find-instruction.js';
export * from './instruction.js';
export * from './instruction.module.js';
export { findErasureOf, findInstruction } from './instruction.repository.js';
export * from './instruction-state.js';
export * from './move-instruction.js';
export * from './read-receipt.js';
export { insertReceipt } from './receipt.repository.js';
