import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClockModule, type OpsEnvironment } from '@personr/ops';
import { Tenancy, TenancyModule } from '@personr/tenancy';
import { Vault, VaultModule } from '@personr/vault';

const POOL_SIZE = 8;

@Module({})
class RoomsModule {
  static over(environment: OpsEnvironment): DynamicModule {
    return {
      module: RoomsModule,
      imports: [
        ClockModule,
        TenancyModule.forRoot({
          tenantUrl: environment.TENANT_DATABASE_URL,
          relayUrl: environment.RELAY_DATABASE_URL,
          directoryUrl: environment.DIRECTORY_DATABASE_URL,
          poolSize: POOL_SIZE,
        }),
        VaultModule.forRoot({
          databaseUrl: environment.KEYSTORE_DATABASE_URL,
          keyringDirectories: environment.KEYRING_DIRECTORIES.split(':'),
          poolSize: POOL_SIZE,
        }),
      ],
    };
  }
}

/** The product's own rooms in this process, over the servers of a running stack. */
export class Rooms {
  private constructor(private readonly app: INestApplicationContext) {}

  static async open(environment: OpsEnvironment): Promise<Rooms> {
    const options = { logger: false, abortOnError: false } as const;
    return new Rooms(await NestFactory.createApplicationContext(RoomsModule.over(environment), options));
  }

  get vault(): Vault {
    return this.app.get(Vault);
  }

  get tenancy(): Tenancy {
    return this.app.get(Tenancy);
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.app.close();
  }
}
