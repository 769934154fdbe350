import { type Id } from '@personr/kernel';
import { type Notice, type Policy, type PurposeCode, type Role, type Standing } from '@personr/law';

export type AgreementId = Id<'agreement'>;
export type NoticeVersionId = Id<'notice-version'>;
export type PolicyVersionId = Id<'policy-version'>;
export type InstructorId = Id<'instructor'>;

/** What holds between a tenant and us at one instant: everything intake and instructions are judged by. */
export type TermsInForce = {
  /** The instant at which they hold. */
  readonly at: Date;
  /** In which role we hold this tenant's data. */
  readonly role: Role;
  /** The agreement that governs, in force or ended; null when none has begun. */
  readonly agreementId: AgreementId | null;
  /** How that agreement stands. */
  readonly standing: Standing;
  /** The purposes agreed; for our own Business those of its notice. Empty while no agreement governs. */
  readonly purposes: readonly PurposeCode[];
  /** The privacy notice whose categories and purposes may be collected. */
  readonly notice: Notice;
  readonly policy: Policy;
};
