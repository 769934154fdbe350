import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConsentStore } from './consent.store.js';
import { DocumentStore } from './document.store.js';
import { ObjectStore } from './object-store.js';
import { ObjectStoreProbe, openObjectStore } from './open-object-store.js';
import { PackageStore } from './package.store.js';
import { PostgresStore } from './postgres.store.js';
import { type Store, Stores } from './store.js';

/** The stores of this house: values and consents in PostgreSQL, documents in an object store. */
@Injectable()
export class HouseStores extends Stores {
  readonly records = new PostgresStore();
  private readonly consents = new ConsentStore();
  private readonly packages = new PackageStore();
  private readonly documents: DocumentStore;

  constructor(objects: ObjectStore) {
    super();
    this.documents = new DocumentStore(objects);
  }

  all(): readonly Store[] {
    return [this.records, this.documents, this.consents, this.packages];
  }
}

/** Where objects rest: see `openObjectStore`. */
export type StoresOptions = { readonly objectStoreUrl: string };

/** Provides `Stores`, `ObjectStore` and its probe everywhere. */
@Module({})
export class StoresModule implements OnApplicationShutdown {
  constructor(private readonly objects: ObjectStore) {}

  static forRoot({ objectStoreUrl }: StoresOptions): DynamicModule {
    return {
      module: StoresModule,
      global: true,
      providers: [
        { provide: ObjectStore, useFactory: () => openObjectStore(objectStoreUrl) },
        {
          provide: ObjectStoreProbe,
          inject: [ObjectStore],
          useFactory: (objects: ObjectStore) => new ObjectStoreProbe(objects),
        },
        { provide: Stores, useClass: HouseStores },
      ],
      exports: [Stores, ObjectStore, ObjectStoreProbe],
    };
  }

  onApplicationShutdown(): void {
    this.objects.close();
  }
}
