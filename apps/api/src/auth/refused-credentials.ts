import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type RefusalReason } from '@personr/access';
import { type ErrorCode } from '@personr/kernel';

const MINUTE = 60_000;

/**
 * Counts who was not let in, by reason: why a credential was not taken, or the code of the answer. Whoever knocks is not
 * known yet, so it goes to the platform's own log, one line a minute however many knock. A process that is killed loses
 * what it counted since the last line, a minute at most.
 */
@Injectable()
export class RefusedCredentials implements OnApplicationShutdown {
  private readonly logger = new Logger(RefusedCredentials.name);
  private readonly counts = new Map<RefusalReason | ErrorCode, number>();
  private ending: NodeJS.Timeout | undefined;

  /** Counts one. The line that tells of it comes within a minute. */
  count(reason: RefusalReason | ErrorCode): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    this.ending ??= setTimeout(() => {
      this.tell();
    }, MINUTE).unref();
  }

  /** Tells of what was counted before the process ends. */
  onApplicationShutdown(): void {
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.ending);
    this.ending = undefined;
    if (this.counts.size === 0) return;
    const line = [...this.counts].map(([reason, count]) => `${reason} ${count}`).join(', ');
    this.counts.clear();
    this.logger.warn(`credentials refused: ${line}`);
  }
}
