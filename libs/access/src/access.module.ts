import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { AccessLog } from './access.log.js';
import { AccessTokens, type TokenOptions } from './access-tokens.js';
import { AuthenticateAssertion } from './authenticate-assertion.js';
import { AuthenticateClient } from './authenticate-client.js';
import { ConfirmGrant } from './confirm-grant.js';
import { KeySetFetcher, type KeySetFetching } from './key-set.fetcher.js';
import { OnboardTenant } from './onboard-tenant.js';
import { PublishedKeys } from './published-keys.js';
import { RegisterApiClient } from './register-api-client.js';

/** `tokens` where tokens are issued and taken; `keySets` where a test publishes key sets of its own. */
export type AccessOptions = { readonly tokens?: TokenOptions; readonly keySets?: KeySetFetching | undefined };

/** Provides who may do what: clients, and tokens where `tokens` is given. */
@Module({})
export class AccessModule {
  static forRoot({ tokens, keySets }: AccessOptions): DynamicModule {
    const issuing: Provider[] = tokens === undefined ? [] : issuers(tokens, keySets);
    const providers = [
      AccessLog,
      AuthenticateClient,
      ConfirmGrant,
      OnboardTenant,
      RegisterApiClient,
      ...issuing,
    ];
    return { module: AccessModule, global: true, providers, exports: providers };
  }
}

const issuers = (tokens: TokenOptions, keySets: KeySetFetching | undefined): Provider[] => [
  {
    provide: AccessTokens,
    inject: [Clock],
    useFactory: (clock: Clock) => new AccessTokens(tokens, clock),
  },
  { provide: KeySetFetcher, useFactory: () => new KeySetFetcher(keySets) },
  {
    provide: PublishedKeys,
    inject: [KeySetFetcher, Clock],
    useFactory: (fetcher: KeySetFetcher, clock: Clock) => new PublishedKeys(fetcher, clock),
  },
  AuthenticateAssertion,
];
