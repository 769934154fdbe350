export { arrayOf } from './bulk-array.js';
export { type Bulk, BulkError, type BulkRow } from './bulk.js';
export { isUniqueViolation, type JsonInput, sql, type Tx } from './database.js';
export * from './tenancy.js';
export * from './tenancy.module.js';
