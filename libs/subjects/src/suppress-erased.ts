import {
  type Clock,
  type InstructionId,
  isDomainError,
  type SubjectId,
  type TenantId,
} from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type SealedRecord, type Stores } from '@personr/stores';
import { type Tenancy } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { type Identity, type IdentityType, type Vault } from '@personr/vault';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { SealedRecords } from './sealed-records.js';
import { findSubject } from './subject.repository.js';
import { SUPPRESSION, windowAt } from './suppression.js';
import { insertIdentities, insertReferences, removeEndedWindows } from './suppression.repository.js';

/** What suppressing is done with. */
export type SuppressErasedTools = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly stores: Stores;
  readonly clock: Clock;
};

/** Whom the instruction erases. */
export type ErasedSubject = {
  readonly tenantId: TenantId;
  readonly subjectId: SubjectId;
  readonly instructionId: InstructionId;
  /** When the instruction was accepted. */
  readonly acceptedAt: Date;
};

/**
 * Keeps whoever is going to be erased from coming back: by our random references for ever, by identity for the
 * tenant's `suppressionDays`. Called after the subject is marked and before its keys are shredded, when it can still be
 * said who it is; again, it changes nothing. Keys that have gone already leave what the first call wrote.
 */
export async function suppressErased(tools: SuppressErasedTools, erased: ErasedSubject): Promise<void> {
  const { tenantId, subjectId } = erased;
  const { tenancy, vault, clock } = tools;
  const { subject, records, days } = await read(tools, erased);
  const window = windowAt(clock.now(), days);
  const identities = window === null ? [] : await spell(tools, tenantId, records);
  const macs =
    window === null || identities.length === 0
      ? []
      : await vault.beginWindow(tenantId, { use: SUPPRESSION, window, identities });
  await tenancy.forTenant(tenantId, async (tx) => {
    const references = subject === null ? [subjectId] : [subjectId, subject.subjectRef];
    await insertReferences(tx, references, erased);
    if (window !== null && macs.length > 0) await insertIdentities(tx, window, { macs, suppressed: erased });
    await removeEndedWindows(tx, clock.now());
  });
}

/** How long an old copy of a suppression can be confirmed by guessing: the end of the window of an erasure at `at`. */
export async function suppressionEndsAt(
  { tenancy, clock }: Pick<SuppressErasedTools, 'tenancy' | 'clock'>,
  tenantId: TenantId,
  at: Date,
): Promise<Date | null> {
  const days = await tenancy.forTenant(
    tenantId,
    async (tx) => (await new TermsReader(clock).inForce(tx)).policy.suppressionDays,
  );
  const window = windowAt(at, days);
  return window === null ? null : new Date(Date.parse(window.day) + days * 24 * 60 * 60 * 1000);
}

function read(
  { tenancy, vault, stores, clock }: SuppressErasedTools,
  { tenantId, subjectId }: ErasedSubject,
) {
  return tenancy.forTenant(tenantId, async (tx) => {
    const elements = Object.values(IDENTITY_ELEMENTS);
    const subject = await findSubject(tx, subjectId);
    const records = await new SealedRecords(vault, stores, clock).find(tx, { subjectId, elements });
    const { policy } = await new TermsReader(clock).inForce(tx);
    return { subject, records, days: policy.suppressionDays };
  });
}

const TYPES = new Map<ElementCode, IdentityType>(
  Object.entries(IDENTITY_ELEMENTS).map(([type, element]) => [element, type as IdentityType]),
);

/** The identities in these values; none when a key of them has gone already. */
async function spell(
  { vault, stores, clock }: SuppressErasedTools,
  tenantId: TenantId,
  records: readonly SealedRecord[],
): Promise<Identity[]> {
  try {
    const opened = await new SealedRecords(vault, stores, clock).openAll(tenantId, records);
    return opened.flatMap(({ element, value }) => {
      const type = TYPES.get(element);
      return type === undefined || typeof value !== 'string' ? [] : [{ type, value }];
    });
  } catch (error) {
    if (isDomainError(error, 'KEY_SHREDDED')) return [];
    throw error;
  }
}
