import { Clock } from './clock.js';

/** A clock that a test sets. It stands still until it is moved. */
export class SettableClock extends Clock {
  private at: number;

  constructor(start: string | Date = '2026-11-23T18:00:00.000Z') {
    super();
    this.at = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.at);
  }

  /** Moves the clock to an instant. */
  set(instant: string | Date): void {
    this.at = new Date(instant).getTime();
  }

  /** Moves the clock forward. */
  advance(milliseconds: number): void {
    this.at += milliseconds;
  }
}
