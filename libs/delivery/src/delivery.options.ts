import { type Reach } from '@personr/access';

/** Where endpoints may be beside the open internet, and how long they may take. */
export type DeliveryOptions = Reach & {
  /** Until a connection stands. Ten seconds when left out. */
  readonly connectMilliseconds?: number;
  /** Until a piece of 64 KiB was taken, or an answer given. Thirty seconds when left out. */
  readonly patienceMilliseconds?: number;
};

export const DELIVERY_OPTIONS = Symbol('DELIVERY_OPTIONS');
