export * from './backup.js';
export * from './replay.js';
export { type LoggedEnd, type ReplayEndings } from './replay-tail.js';
export { type ReplayCounts } from './replay.repository.js';
export * from './restore-backup.js';
export * from './restore.module.js';
export * from './write-backup.js';
export * from './drill.js';
