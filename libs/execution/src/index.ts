export * from './execution.module.js';
export * from './run-execution.js';
