export * from './act-once.js';
export * from './forget-requests.js';
export * from './idempotent-request.js';
export * from './idempotency.module.js';
export * from './idempotent-requests.js';
export * from './long-requests.js';
