import { type DynamicModule, Module } from '@nestjs/common';
import { ChallengeEndpoint } from './challenge-endpoint.js';
import { Courier } from './courier.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from './delivery.options.js';
import { FindEndpoints } from './find-endpoints.js';
import { ProveEndpoint } from './prove-endpoint.js';
import { RegisterEndpoint } from './register-endpoint.js';
import { RevokeEndpoint } from './revoke-endpoint.js';
import { SealedEndpoints } from './sealed-endpoints.js';
import { SendChallenge } from './send-challenge.js';

const ACTS = [ChallengeEndpoint, FindEndpoints, ProveEndpoint, RegisterEndpoint, RevokeEndpoint];

/** Provides what a tenant does with its endpoints. Needs vault and log. Connects to nobody. */
@Module({ providers: [SealedEndpoints, ...ACTS], exports: ACTS })
export class EndpointsModule {}

/** Provides `Courier` and `SendChallenge`, which connect to endpoints. */
@Module({})
export class CourierModule {
  static forRoot(options: DeliveryOptions): DynamicModule {
    return {
      module: CourierModule,
      global: true,
      providers: [SealedEndpoints, Courier, SendChallenge, { provide: DELIVERY_OPTIONS, useValue: options }],
      exports: [Courier, SendChallenge],
    };
  }
}
