import { Inject, Injectable } from '@nestjs/common';
import { EndLogs } from '@personr/audit';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const LOGS_AT_ONCE = 50;
const REST_MILLISECONDS = 60_000;

/** Ends the logs of tenants that left, once nothing is open that would write to them. */
@Injectable()
export class EndPulse extends KeptPulse {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly endLogs: EndLogs,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  protected async beat(): Promise<number> {
    const due = await this.tenancy.forRelay((tx) => this.endLogs.due(tx, LOGS_AT_ONCE));
    for (const ending of due) await this.endLogs.run(ending);
    return 0;
  }
}
