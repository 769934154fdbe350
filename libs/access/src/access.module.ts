import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { AccessTokens, type TokenOptions } from './access-tokens.js';
import { AuthenticateClient } from './authenticate-client.js';
import { OnboardTenant } from './onboard-tenant.js';
import { RegisterApiClient } from './register-api-client.js';

/** Provides who may do what: clients, and tokens where `tokens` is given. */
@Module({})
export class AccessModule {
  static forRoot({ tokens }: { tokens?: TokenOptions }): DynamicModule {
    const issuing =
      tokens === undefined
        ? []
        : [
            {
              provide: AccessTokens,
              inject: [Clock],
              useFactory: (clock: Clock) => new AccessTokens(tokens, clock),
            },
          ];
    const providers = [AuthenticateClient, OnboardTenant, RegisterApiClient, ...issuing];
    return { module: AccessModule, global: true, providers, exports: providers };
  }
}
