import { type Notice, type Policy } from '@personr/law';

/** What holds between a tenant and us at one instant: everything intake and instructions are judged by. */
export type TermsInForce = {
  /** The privacy notice whose categories and purposes may be collected. */
  readonly notice: Notice;
  readonly policy: Policy;
};
