export * from './canonical-json.js';
export * from './clock.js';
export * from './domain-error.js';
export * from './environment.js';
export * from './error-code.js';
export * from './id.js';
export * from './probe.js';
export * from './safe-error.js';
