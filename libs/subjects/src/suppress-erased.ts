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
import { type Identity, type IdentityType, type MacWindow, type Vault } from '@personr/vault';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { SealedRecords } from './sealed-records.js';
import { type Subject } from './subject.js';
import { findSubjects } from './subject.repository.js';
import { type Suppressed, SUPPRESSION, windowAt } from './suppression.js';
import {
  endOfWindow,
  insertIdentities,
  insertReferences,
  livingWindows,
  removeEndedWindows,
} from './suppression.repository.js';

/** What suppressing is done with. */
export type SuppressErasedTools = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly stores: Stores;
  readonly clock: Clock;
};

/** Whom the instruction erases. */
export type ErasedSubject = {
  readonly subjectId: SubjectId;
  readonly instructionId: InstructionId;
  /** When the instruction was accepted. */
  readonly acceptedAt: Date;
};

type Spelt = Suppressed & { readonly identity: Identity };

/**
 * Keeps whoever is going to be erased from coming back: by our random references for ever, by identity for the
 * tenant's `suppressionDays`. Called after the subjects are marked and before their keys are shredded, when it can still
 * be said who they are; again, it changes nothing. Returns for each erasure of which an identity is kept, hashed, when
 * the last window that may have it ends: until then a right guess of it can be confirmed.
 */
export async function suppressErased(
  tools: SuppressErasedTools,
  tenantId: TenantId,
  erased: readonly ErasedSubject[],
): Promise<ReadonlyMap<InstructionId, Date>> {
  if (erased.length === 0) return new Map();
  const { tenancy, vault, clock } = tools;
  const { subjects, records, days } = await read(tools, tenantId, erased);
  const window = windowAt(clock.now(), days);
  const { spelt, gone } = await spell(tools, tenantId, { erased, records });
  const marked = window === null ? [] : await mark(vault, tenantId, { window, spelt });
  return tenancy.forTenant(tenantId, async (tx) => {
    await insertReferences(tx, erased.flatMap(referencesOf(subjects)));
    if (window !== null && marked.length > 0) await insertIdentities(tx, window, marked);
    await removeEndedWindows(tx, clock.now());
    const living = await livingWindows(tx, clock.now());
    const last = new Date(Math.max(0, ...living.map((each) => endOfWindow(each).getTime())));
    const kept = living.length === 0 ? [] : [...marked, ...gone];
    return new Map(kept.map(({ instructionId }) => [instructionId, last]));
  });
}

async function mark(
  vault: Vault,
  tenantId: TenantId,
  { window, spelt }: { readonly window: MacWindow; readonly spelt: readonly Spelt[] },
): Promise<readonly (Suppressed & { readonly mac: Uint8Array })[]> {
  if (spelt.length === 0) return [];
  const macs = await vault.beginWindow(tenantId, { use: SUPPRESSION, window, marks: spelt });
  return macs.flatMap((mac, position) => {
    const of = spelt[position];
    return of === undefined ? [] : [{ instructionId: of.instructionId, acceptedAt: of.acceptedAt, mac }];
  });
}

const referencesOf =
  (subjects: ReadonlyMap<SubjectId, Subject>) =>
  ({ subjectId, instructionId, acceptedAt }: ErasedSubject) => {
    const ref = subjects.get(subjectId)?.subjectRef;
    return [subjectId, ...(ref === undefined ? [] : [ref])].map((reference) => ({
      reference,
      instructionId,
      acceptedAt,
    }));
  };

function read(
  { tenancy, vault, stores, clock }: SuppressErasedTools,
  tenantId: TenantId,
  erased: readonly ErasedSubject[],
) {
  return tenancy.forTenant(tenantId, async (tx) => {
    const ids = erased.map(({ subjectId }) => subjectId);
    const subjects = await findSubjects(tx, ids);
    const elements = Object.values(IDENTITY_ELEMENTS);
    const records = await new SealedRecords(vault, stores, clock).findOf(tx, ids, elements);
    const { policy } = await new TermsReader(clock).inForce(tx);
    return { subjects, records, days: policy.suppressionDays };
  });
}

const TYPES = new Map<ElementCode, IdentityType>(
  Object.entries(IDENTITY_ELEMENTS).map(([type, element]) => [element, type as IdentityType]),
);

/**
 * The identities in these values; those of whoever has lost a key already are passed over, because the first call that
 * came so far had them all. `gone` are these.
 */
async function spell(
  { vault, stores, clock }: SuppressErasedTools,
  tenantId: TenantId,
  {
    erased,
    records,
  }: { readonly erased: readonly ErasedSubject[]; readonly records: readonly SealedRecord[] },
): Promise<{ readonly spelt: readonly Spelt[]; readonly gone: readonly ErasedSubject[] }> {
  const sealed = new SealedRecords(vault, stores, clock);
  const by = new Map(erased.map((one) => [one.subjectId, one]));
  const open = async (living: readonly SealedRecord[]): Promise<Spelt[]> =>
    (await sealed.openAll(tenantId, living)).flatMap(({ element, value }, position) => {
      const record = living[position];
      const [type, of] = [TYPES.get(element), record && by.get(record.subjectId)];
      if (type === undefined || of === undefined || typeof value !== 'string') return [];
      return [{ ...of, identity: { type, value } }];
    });
  try {
    return { spelt: await open(records), gone: [] };
  } catch (error) {
    if (!isDomainError(error, 'KEY_SHREDDED')) throw error;
    const keyless = new Set((await sealed.withoutKey(tenantId, records)).map(({ subjectId }) => subjectId));
    return {
      spelt: await open(records.filter(({ subjectId }) => !keyless.has(subjectId))),
      gone: erased.filter(({ subjectId }) => keyless.has(subjectId)),
    };
  }
}
