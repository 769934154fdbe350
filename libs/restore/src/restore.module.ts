import { type DynamicModule, Module } from '@nestjs/common';
import { AuditLog, ImportLog, LogTail } from '@personr/audit';
import { EndHold, HoldsModule } from '@personr/instruction';
import { Clock } from '@personr/kernel';
import { ObjectStore, Stores } from '@personr/stores';
import { Tenancy } from '@personr/tenancy';
import { Tide, TideModule } from '@personr/tide';
import { HoldMirror, IntentMirror, MarkMirror, Vault } from '@personr/vault';
import { type ReplayEndings } from './replay-tail.js';
import { Replay, type ReplayParts } from './replay.js';

/** What the composition root binds: how ends of instructions are written down again is known to the room that ends them. */
export type RestoreOptions = { readonly replayEndings: ReplayEndings };

/** Provides `ReplayParts`, for whoever replays into a copy. */
export const REPLAY_PARTS = Symbol('replay parts');

const PARTS = {
  tenancy: Tenancy,
  tide: Tide,
  vault: Vault,
  stores: Stores,
  objects: ObjectStore,
  tail: LogTail,
  endHold: EndHold,
  importLog: ImportLog,
  intents: IntentMirror,
  marks: MarkMirror,
  holds: HoldMirror,
  audit: AuditLog,
  clock: Clock,
};

/** Provides `Replay` and its parts. Needs global providers of the data database, the key store, the stores, the log and the evidence. */
@Module({})
export class RestoreModule {
  static forRoot({ replayEndings }: RestoreOptions): DynamicModule {
    return {
      module: RestoreModule,
      imports: [HoldsModule, TideModule],
      providers: [
        {
          provide: REPLAY_PARTS,
          inject: Object.values(PARTS),
          useFactory: (...given: readonly unknown[]) => {
            const names = Object.keys(PARTS);
            const parts = Object.fromEntries(names.map((name, at) => [name, given[at]]));
            return { ...parts, replayEndings } as ReplayParts;
          },
        },
        { provide: Replay, inject: [REPLAY_PARTS], useFactory: (parts: ReplayParts) => new Replay(parts) },
      ],
      exports: [Replay, REPLAY_PARTS],
    };
  }
}
