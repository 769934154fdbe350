import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AnchorLogs, CosignLog, HOUSE } from '@personr/audit';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const TENANTS_AT_ONCE = 100;
const REST_MILLISECONDS = 10_000;

/** Keeps what was signed anchored: tenants' checkpoints go into the meta-log, and its own to the witnesses. */
@Injectable()
export class AnchorPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly anchorLogs: AnchorLogs,
    private readonly cosignLog: CosignLog,
    gate: TideGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.pulse = new Pulse(
      whileOpen(gate, () => this.anchor()),
      REST_MILLISECONDS,
      logger,
    );
  }

  onApplicationBootstrap(): void {
    this.pulse.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.pulse.stop();
  }

  /** Goes on at once while there are more tenants than it takes along. */
  private async anchor(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.anchorLogs.due(tx, TENANTS_AT_ONCE));
    await this.anchorLogs.run(tenants);
    const answers = await this.cosignLog.run(HOUSE);
    const silent = [...answers].filter(([, answer]) => answer !== 'COSIGNED');
    if (silent.length > 0)
      this.logger.warn({ witnesses: Object.fromEntries(silent) }, 'witnesses did not cosign');
    return tenants.length === TENANTS_AT_ONCE ? 1 : 0;
  }
}
