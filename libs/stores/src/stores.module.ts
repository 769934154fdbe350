import { Global, Module } from '@nestjs/common';
import { PostgresStore } from './postgres.store.js';
import { type Store, Stores } from './store.js';

/** The stores of this house today: PostgreSQL. Documents join when there is an object store. */
export class HouseStores extends Stores {
  readonly records = new PostgresStore();

  all(): readonly Store[] {
    return [this.records];
  }
}

/** Provides `Stores`. */
@Global()
@Module({ providers: [{ provide: Stores, useClass: HouseStores }], exports: [Stores] })
export class StoresModule {}
