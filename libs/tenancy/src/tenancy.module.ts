import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Probe } from '@personr/kernel';
import { openDatabase } from './database.js';
import { Tenancy } from './tenancy.js';

/** Where the data database is, once for each door, and how many connections a door may hold. */
export type TenancyOptions = {
  readonly tenantUrl: string;
  readonly relayUrl: string;
  readonly directoryUrl: string;
  readonly poolSize?: number;
};

/** Logs are sequenced and laid out, while others look who is due. */
const RELAY_CONNECTIONS = 5;

/** Opens the three doors. The caller closes them. */
export function openTenancy({ tenantUrl, relayUrl, directoryUrl, poolSize = 10 }: TenancyOptions): Tenancy {
  return new Tenancy({
    tenant: openDatabase(tenantUrl, poolSize),
    relay: openDatabase(relayUrl, RELAY_CONNECTIONS),
    directory: openDatabase(directoryUrl, 4),
  });
}

/** Answers for the data database in `/health/ready`. */
@Injectable()
export class DatabaseProbe implements Probe {
  readonly name = 'database';

  constructor(private readonly tenancy: Tenancy) {}

  /** Resolves when all three doors open. */
  async check(): Promise<undefined> {
    await this.tenancy.check();
  }
}

/** Provides `Tenancy` to every room of the app, and closes it when the app ends. */
@Module({})
export class TenancyModule implements OnApplicationShutdown {
  constructor(private readonly tenancy: Tenancy) {}

  static forRoot(options: TenancyOptions): DynamicModule {
    return {
      module: TenancyModule,
      global: true,
      providers: [{ provide: Tenancy, useFactory: () => openTenancy(options) }, DatabaseProbe],
      exports: [Tenancy, DatabaseProbe],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tenancy.close();
  }
}
