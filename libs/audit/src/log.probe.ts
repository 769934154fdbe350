import { Injectable } from '@nestjs/common';
import { type Probe } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { LogWatch } from './log-watch.js';

/**
 * Says in `/health/ready` which logs something is wrong with, by the code of the alarm and how many. The process can work
 * all the same: one tenant's broken log is no reason to turn the others away.
 */
@Injectable()
export class LogProbe implements Probe {
  readonly name = 'auditLogs';

  constructor(
    private readonly tenancy: Tenancy,
    private readonly watch: LogWatch,
  ) {}

  /** Resolves with the number of logs under each alarm, by its code; with nothing when all is well. */
  async check(): Promise<Readonly<Record<string, string>>> {
    const alarms = await this.tenancy.forRelay((tx) => this.watch.alarms(tx));
    return Object.fromEntries([...alarms].map(([alarm, logs]) => [alarm, String(logs)]));
  }
}
