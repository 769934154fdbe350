import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type TenantId } from '@personr/kernel';
import { type TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

/** What every pulse of the worker stands on. */
export type Keeping = {
  readonly restMilliseconds: number;
  readonly gate: Pick<TideGate, 'isOpen'>;
  readonly logger: Logger;
};

/** Beats from the start of the process to its end, while the service is open. */
export abstract class KeptPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  protected constructor({ restMilliseconds, gate, logger }: Keeping) {
    this.pulse = new Pulse(
      whileOpen(gate, () => this.beat()),
      restMilliseconds,
      logger,
    );
  }

  onApplicationBootstrap(): void {
    this.pulse.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.pulse.stop();
  }

  /** Beats now rather than after its rest. */
  wake(): void {
    this.pulse.wake();
  }

  /** Does what is due and returns how much that was. */
  protected abstract beat(): Promise<number>;
}

/** Visits, at each beat, the tenants of whom something is due. */
export abstract class TenantPulse extends KeptPulse {
  /** The tenants whose turn it is. */
  protected abstract due(): Promise<readonly TenantId[]>;

  /** Does what is due of one, and returns how much that was. */
  protected abstract visit(tenantId: TenantId): Promise<number>;

  protected async beat(): Promise<number> {
    let found = 0;
    for (const tenantId of await this.due()) found += await this.visit(tenantId);
    return found;
  }
}
