import { Module } from '@nestjs/common';
import { ClientsModule as ClientsOfAccess } from '@personr/access';
import { ClientSecretsController } from './client-secrets.controller.js';
import { ClientsController } from './clients.controller.js';

/** The routes of a tenant's clients. */
@Module({ imports: [ClientsOfAccess], controllers: [ClientsController, ClientSecretsController] })
export class ClientsModule {}
