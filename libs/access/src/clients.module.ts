import { Module } from '@nestjs/common';
import { AddClientSecret } from './add-client-secret.js';
import { ChangeApiClient } from './change-api-client.js';
import { CreateApiClient } from './create-api-client.js';
import { FindApiClient } from './find-api-client.js';
import { RemoveClientSecret } from './remove-client-secret.js';
import { RevokeApiClient } from './revoke-api-client.js';

const ACTS = [
  AddClientSecret,
  ChangeApiClient,
  CreateApiClient,
  FindApiClient,
  RemoveClientSecret,
  RevokeApiClient,
];

/** Provides what a tenant does with its clients by itself. Needs idempotency and the log. */
@Module({ providers: ACTS, exports: ACTS })
export class ClientsModule {}
