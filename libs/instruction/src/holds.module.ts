import { Module } from '@nestjs/common';
import { EndHold } from './end-hold.js';
import { RemindTransfer } from './remind-transfer.js';

/** Provides `EndHold` and `RemindTransfer`, for whoever keeps the clocks. */
@Module({ providers: [EndHold, RemindTransfer], exports: [EndHold, RemindTransfer] })
export class HoldsModule {}
