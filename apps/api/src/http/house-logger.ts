import { type LoggerService } from '@nestjs/common';
import { type Logger } from 'pino';

/** Nest's own messages, as JSON lines beside the requests'. Anything but text is dropped: it may hold values. */
export class HouseLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown): void {
    this.pino.debug(textOf(message));
  }

  error(message: unknown): void {
    this.pino.error(textOf(message));
  }

  warn(message: unknown): void {
    this.pino.warn(textOf(message));
  }
}

const textOf = (message: unknown): string => (typeof message === 'string' ? message : 'not shown');
