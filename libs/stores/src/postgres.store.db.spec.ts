import { PostgresStore } from './postgres.store.js';
import { describeStore } from './store.contract.spec-helper.js';

describeStore('of PostgreSQL records', () => new PostgresStore());
