export * from './certificate.js';
export * from './https-inbox.js';
export * from './ssh-server.js';
export * from './temp-directory.js';
export * from './test-databases.js';
export * from './test-redis.js';
export * from './wait-for.js';
