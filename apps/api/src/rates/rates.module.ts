import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type RatesConfig } from './rates.config.js';
import { RatesRedis } from './rates.redis.js';
import { RATES, RequestRates } from './request-rates.js';
import { TokenRates } from './token-rates.guard.js';

/** Gives every route its limits. */
@Global()
@Module({})
export class RatesModule {
  static forRoot({ rates, redisUrl }: { rates: RatesConfig; redisUrl: string }): DynamicModule {
    return {
      module: RatesModule,
      providers: [
        { provide: RATES, useValue: rates },
        { provide: RatesRedis, useFactory: () => new RatesRedis(redisUrl) },
        RequestRates,
        TokenRates,
      ],
      exports: [RATES, RatesRedis, RequestRates, TokenRates],
    };
  }
}
