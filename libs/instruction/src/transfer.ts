import { type ConsentId, type KeyId } from '@personr/kernel';

/** The parts of a RETURN that come before its erasure, in their order. Nothing is destroyed in any of them. */
export const TRANSFER_STEPS = ['SNAPSHOT', 'BUILD_PACKAGE', 'TRANSFER'] as const;

export type TransferStep = (typeof TRANSFER_STEPS)[number];

/** A consent as it stood at a snapshot. Times are RFC 3339. */
export type FrozenConsent = {
  readonly id: ConsentId;
  readonly policy: string;
  readonly version: string;
  readonly givenAt: string;
  readonly withdrawnAt: string | null;
};

/**
 * What is returned: everything that rests under these keys, under which nothing is taken in any more, and these consents.
 * Null where it is not known which there were.
 */
export type Snapshot = {
  readonly takenAt: string;
  readonly keyIds: readonly KeyId[];
  readonly consents: readonly FrozenConsent[] | null;
};

/**
 * The snapshot of everything that a tenant has: of how many subjects, under no list of keys, for nothing is taken in from the
 * acceptance on. `salt` is that of what is packed, base64, sealed under a key of its own.
 */
export type TenantSnapshot = Snapshot & {
  readonly subjects: number;
  readonly salt: { readonly keyId: KeyId; readonly sealed: string };
};

/** A package that is returned, in numbers; of everything that a tenant has, the parts together. */
export type Parcel = {
  readonly parts?: number;
  readonly subjects?: number;
  readonly packageId: string;
  readonly manifestSha256: string;
  readonly sizeBytes: number;
  readonly records: number;
  readonly documents: number;
  readonly consents: number;
  readonly withheld: number;
};

/** How far a transfer is. Times are RFC 3339; `by` says how the package gets to the Business. */
export type Transfer = Parcel & {
  readonly by: string | null;
  readonly sentAt: string | null;
  /** Why the endpoint did not take it, the last time; nothing while it has not failed. */
  readonly failure?: string | null;
  /** After how many days without an acknowledgement it is asked for, and how often that was. */
  readonly reminderDays: readonly number[];
  readonly reminded: number;
  readonly acknowledgedAt: string | null;
  readonly receivedAt: string | null;
};

/** Stands for a package of which nothing is known but that it was acknowledged. */
export const UNKNOWN_PARCEL: Parcel = {
  packageId: '',
  manifestSha256: '',
  sizeBytes: 0,
  records: 0,
  documents: 0,
  consents: 0,
  withheld: 0,
};

/** Whether it is known which package it was. */
export const isKnownParcel = ({ manifestSha256 }: Parcel): boolean => manifestSha256 !== '';

/** A package that has been made and not been sent. */
export const toBeSent = (parcel: Parcel): Transfer => ({
  ...parcel,
  by: null,
  sentAt: null,
  failure: null,
  reminderDays: [],
  reminded: 0,
  acknowledgedAt: null,
  receivedAt: null,
});

/** How far the transfer is, by the steps of its instruction; null before there is a package, and while it is made anew. */
export function transferOf(
  steps: readonly { readonly name: string; readonly outcome: unknown }[],
): Transfer | null {
  const outcome = steps.find(({ name }) => name === 'TRANSFER')?.outcome;
  return (outcome as Transfer | null | undefined) ?? null;
}

const DAY_MILLISECONDS = 86_400_000;

/** When the next reminder is due, and after how many days it comes; null when there is none. */
export function nextReminder({
  sentAt,
  reminderDays,
  reminded,
}: Pick<Transfer, 'sentAt' | 'reminderDays' | 'reminded'>): {
  readonly day: number;
  readonly at: Date;
} | null {
  const day = [...reminderDays].sort((left, right) => left - right)[reminded];
  if (sentAt === null || day === undefined) return null;
  return { day, at: new Date(Date.parse(sentAt) + day * DAY_MILLISECONDS) };
}
