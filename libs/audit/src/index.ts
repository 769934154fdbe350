export * from './audit-event.js';
export * from './audit-log.js';
export * from './audit.module.js';
export * from './log-reader.js';
export * from './log-signer.js';
export * from './sequencer.js';
