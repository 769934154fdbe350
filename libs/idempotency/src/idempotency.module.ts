import { Global, Module } from '@nestjs/common';
import { ActOnce } from './act-once.js';
import { LongRequests } from './long-requests.js';
import { IdempotentRequests } from './idempotent-requests.js';

/** Provides `IdempotentRequests`, `ActOnce` and `LongRequests`. */
@Global()
@Module({
  providers: [ActOnce, IdempotentRequests, LongRequests],
  exports: [ActOnce, IdempotentRequests, LongRequests],
})
export class IdempotencyModule {}
