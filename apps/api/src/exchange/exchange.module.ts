import { Module } from '@nestjs/common';
import { StillGranted } from '../auth/still-granted.js';
import { LineExchanges } from './line-exchanges.js';

/** Provides what routes need that answer lines by lines. */
@Module({ providers: [LineExchanges, StillGranted], exports: [LineExchanges, StillGranted] })
export class ExchangeModule {}
