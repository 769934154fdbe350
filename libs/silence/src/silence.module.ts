import { type DynamicModule, Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { Vault } from '@personr/vault';
import { type Logger } from 'pino';
import { refuseLoudStart, startFindings } from './quiet-start.js';
import { readProcess } from './read-process.js';
import { readServer } from './read-server.js';
import { type SilenceOptions } from './silence.options.js';

/** Where to look: every login's URL by the name of its variable, and where to say what was found. */
export type SilenceSurroundings = SilenceOptions & {
  readonly urls: Readonly<Record<string, string>>;
  readonly logger: Logger;
};

const SURROUNDINGS = Symbol('surroundings');

/** Looks before the app does anything: see `refuseLoudStart`. */
@Injectable()
export class QuietStart implements OnModuleInit {
  constructor(
    @Inject(SURROUNDINGS) private readonly surroundings: SilenceSurroundings,
    private readonly vault: Vault,
  ) {}

  async onModuleInit(): Promise<void> {
    const { isProduction, acceptsSingleKeyStore, nodeOptions, urls, logger } = this.surroundings;
    if (!isProduction) return;
    const asked = Object.entries(urls).map(async ([name, url]) => [name, await readServer(url)] as const);
    const facts = {
      process: readProcess(nodeOptions),
      servers: new Map(await Promise.all(asked)),
      durability: await this.vault.durability(),
      acceptsSingleKeyStore,
    };
    refuseLoudStart(startFindings(facts), logger);
  }
}

/** Fails the start of an app in production with `START_UNSAFE`. Needs a global provider of `Vault`. */
@Module({})
export class SilenceModule {
  static forRoot(surroundings: SilenceSurroundings): DynamicModule {
    return {
      module: SilenceModule,
      providers: [{ provide: SURROUNDINGS, useValue: surroundings }, QuietStart],
    };
  }
}
