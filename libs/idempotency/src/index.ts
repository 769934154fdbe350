export * from './act-once.js';
export * from './idempotent-request.js';
export * from './idempotency.module.js';
export * from './idempotent-requests.js';
export * from './long-requests.js';
