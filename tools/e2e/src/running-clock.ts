import { SettableClock } from '@personr/kernel/testing';

/** The machine's clock, for a house whose worker is a process of its own, which has no other. Setting it changes nothing. */
export class RunningClock extends SettableClock {
  override now(): Date {
    return new Date();
  }
}
