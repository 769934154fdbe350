import { type Notice } from '@personr/law';
import { type NoticeVersionId } from './terms.js';

/** A version of the notice as it comes in: its date, and what it announces. Codes are not yet judged. */
export type NewNotice = {
  /** The date it shows, `YYYY-MM-DD`: it is in force from the beginning of that day. */
  readonly version: string;
  readonly categories: readonly string[];
  readonly purposes: readonly string[];
};

/** A version of the notice as it is kept for a tenant, under the house's version it was judged by. */
export type NoticeVersion = Notice & {
  readonly id: NoticeVersionId;
  readonly houseVersion: string;
  readonly createdAt: Date;
};
