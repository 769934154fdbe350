export { isUniqueViolation, type JsonInput, sql, type Tx } from './database.js';
export * from './tenancy.js';
export * from './tenancy.module.js';
