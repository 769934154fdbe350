export * from './enqueue-work.js';
export * from './lease-work.js';
export * from './list-due-work.js';
export * from './work.js';
export * from './work-batch.js';
