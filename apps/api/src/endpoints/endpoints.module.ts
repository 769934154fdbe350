import { Module } from '@nestjs/common';
import { EndpointsModule as EndpointsOfDelivery } from '@personr/delivery';
import { EndpointsController } from './endpoints.controller.js';

/** The routes of a tenant's endpoints. */
@Module({ imports: [EndpointsOfDelivery], controllers: [EndpointsController] })
export class EndpointsModule {}
