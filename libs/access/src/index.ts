export * from './access.module.js';
export * from './access-tokens.js';
export * from './authenticate-client.js';
export * from './grant.js';
export * from './onboard-tenant.js';
export * from './register-api-client.js';
export * from './scope.js';
