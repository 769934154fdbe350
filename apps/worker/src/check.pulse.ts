import { Inject, Injectable } from '@nestjs/common';
import { CheckLog, type Looked, LogWatch } from '@personr/audit';
import { Clock, type TenantId } from '@personr/kernel';
import { type RelayTx, Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const REST_MILLISECONDS = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Derives the logs anew: of each that grew within the hour the newest 10,000 entries every minute, of each all entries
 * every day, step by step with a rest between. Where one does not hold it writes `AUDIT_CHAIN_BROKEN`, once.
 */
@Injectable()
export class CheckPulse extends KeptPulse {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly check: CheckLog,
    private readonly watch: LogWatch,
    @Inject(LOGGER) private readonly logger: Logger,
    gate: TideGate,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  /** One tail that is due, and one step of a round. What is left keeps its turn: zero, unless a tail was looked at. */
  protected async beat(): Promise<number> {
    const now = this.clock.now().getTime();
    const ago = (milliseconds: number): Date => new Date(now - milliseconds);
    const tail = await this.next((tx) =>
      this.watch.tailsDue(tx, { activeSince: ago(HOUR), checkedBefore: ago(MINUTE), limit: 1 }),
    );
    if (tail !== undefined) this.tell(tail, await this.check.tail(tail));
    const round = await this.next((tx) => this.watch.roundsDue(tx, { begunBefore: ago(DAY), limit: 1 }));
    if (round !== undefined) this.tell(round, await this.check.step(round));
    return tail === undefined ? 0 : 1;
  }

  private async next(due: (tx: RelayTx) => Promise<TenantId[]>): Promise<TenantId | undefined> {
    const [first] = await this.tenancy.forRelay(due);
    return first;
  }

  private tell(tenantId: TenantId, { brokenAt, isNews }: Looked): void {
    if (isNews)
      this.logger.fatal({ tenantId, position: brokenAt }, 'AUDIT_CHAIN_BROKEN: a log is not what was signed');
  }
}
