import { Global, Module } from '@nestjs/common';
import { ConsentStore } from './consent.store.js';
import { PostgresStore } from './postgres.store.js';
import { type Store, Stores } from './store.js';

/** The stores of this house today: PostgreSQL, for values and consents. Documents join when there is an object store. */
export class HouseStores extends Stores {
  readonly records = new PostgresStore();
  private readonly consents = new ConsentStore();

  all(): readonly Store[] {
    return [this.records, this.consents];
  }
}

/** Provides `Stores`. */
@Global()
@Module({ providers: [{ provide: Stores, useClass: HouseStores }], exports: [Stores] })
export class StoresModule {}
