export * from './last-moment.js';
export * from './tide.js';
export * from './tide.gate.js';
export * from './tide.module.js';
