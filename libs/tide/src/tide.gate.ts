import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DomainError, type Probe } from '@personr/kernel';
import { Tide } from './tide.js';

/** So long an older database that was slipped under a running process may go unnoticed. */
const LOOK_MILLISECONDS = 2_000;

/** Whether this process may do anything but say how it is. Looks at the start and then every two seconds. */
@Injectable()
export class TideGate implements Probe, OnModuleInit, OnApplicationShutdown {
  readonly name = 'restore';
  private state = false;
  private wasAway = true;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(private readonly tide: Tide) {}

  get isOpen(): boolean {
    return this.state;
  }

  /** Throws `RESTORE_REPLAY_PENDING` while the service is closed. */
  assertOpen(): void {
    if (!this.state) {
      throw new DomainError(
        'RESTORE_REPLAY_PENDING',
        'An older copy of the data was restored; the service opens when every erasure since is done again.',
      );
    }
  }

  /** Rejects while the service is closed. */
  check(): Promise<undefined> {
    this.assertOpen();
    return Promise.resolve(undefined);
  }

  async onModuleInit(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), LOOK_MILLISECONDS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks now: thoroughly at first, and whenever the databases were away. What cannot be seen stays as it was. */
  look(): Promise<void> {
    this.looking ??= this.tide
      .isOpen({ thoroughly: this.wasAway || !this.state })
      .then(
        (isOpen) => {
          this.state = isOpen;
          this.wasAway = false;
        },
        () => {
          this.wasAway = true;
        },
      )
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }
}
