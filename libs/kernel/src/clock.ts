/** Tells the time. Everything that asks "when" asks a Clock, so that a test can set it. */
export abstract class Clock {
  /** The present instant, to the millisecond. */
  abstract now(): Date;
}

/** The machine's own clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
