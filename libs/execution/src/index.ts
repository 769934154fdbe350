export * from './backup-set.js';
export * from './backup-set.repository.js';
export * from './complete-receipts.js';
export * from './execution.module.js';
export * from './execution.options.js';
export { type LoggedEnding, replayEndings } from './replay-endings.js';
export * from './run-execution.js';
export * from './sweep-everything.js';
export * from './sweep-objects.js';
