import { Module } from '@nestjs/common';
import { EndHold } from './end-hold.js';

/** Provides `EndHold`, for whoever keeps the clocks. */
@Module({ providers: [EndHold], exports: [EndHold] })
export class HoldsModule {}
