export * from './consent.store.js';
export * from './postgres.store.js';
export * from './store.js';
export * from './stores.module.js';
