export { isUniqueViolation, JSON_NULL, type JsonInput, sql, type Tx } from './database.js';
export * from './tenancy.js';
export * from './tenancy.module.js';
