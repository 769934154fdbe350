import { Global, Module } from '@nestjs/common';
import { ActOnce } from './act-once.js';
import { IdempotentRequests } from './idempotent-requests.js';

/** Provides `IdempotentRequests` and `ActOnce`. */
@Global()
@Module({ providers: [ActOnce, IdempotentRequests], exports: [ActOnce, IdempotentRequests] })
export class IdempotencyModule {}
