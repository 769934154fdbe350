import { Inject, Injectable } from '@nestjs/common';
import { AnchorLogs, CosignLog, HOUSE } from '@personr/audit';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const TENANTS_AT_ONCE = 100;
const REST_MILLISECONDS = 10_000;

/** Keeps what was signed anchored: tenants' checkpoints go into the meta-log, and its own to the witnesses. */
@Injectable()
export class AnchorPulse extends KeptPulse {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly anchorLogs: AnchorLogs,
    private readonly cosignLog: CosignLog,
    gate: TideGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  /** Goes on at once while there are more tenants than it takes along. */
  protected async beat(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.anchorLogs.due(tx, TENANTS_AT_ONCE));
    await this.anchorLogs.run(tenants);
    const answers = await this.cosignLog.run(HOUSE);
    const silent = [...answers].filter(([, answer]) => answer !== 'COSIGNED');
    if (silent.length > 0)
      this.logger.warn({ witnesses: Object.fromEntries(silent) }, 'witnesses did not cosign');
    return tenants.length === TENANTS_AT_ONCE ? 1 : 0;
  }
}
