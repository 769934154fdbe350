import { type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type MacWindow } from '@personr/vault';
import { type Suppressed } from './suppression.js';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Writes references that are suppressed for ever. Safe to call again. */
export async function insertReferences(
  tx: TenantTx,
  references: readonly (Suppressed & { readonly reference: string })[],
): Promise<void> {
  await tx.bulk`
    insert into suppressed_reference (tenant_id, reference, instruction_id, accepted_at)
    select ${tx.tenantId}::uuid, new.* from unnest(${references.map(({ reference }) => reference)}::text[],
           ${references.map(({ instructionId }) => instructionId)}::uuid[],
           ${references.map(({ acceptedAt }) => acceptedAt.toISOString())}::timestamptz[]) as new (reference)
    order by reference on conflict do nothing`;
}

/** When the window ends. */
export const endOfWindow = ({ day, days }: MacWindow): Date =>
  new Date(Date.parse(day) + days * DAY_MILLISECONDS);

/** Writes identities that are suppressed as long as their window lasts, each once however often it was named. Safe to call again. */
export async function insertIdentities(
  tx: TenantTx,
  window: MacWindow,
  identities: readonly (Suppressed & { readonly mac: Uint8Array })[],
): Promise<void> {
  const { day, days } = window;
  await tx.bulk`
    insert into suppression_window (tenant_id, day, days, ends_at)
    values (${tx.tenantId}, ${day}::date, ${days}, ${endOfWindow(window).toISOString()}::timestamptz)
    on conflict do nothing`;
  await tx.bulk`
    insert into suppressed_identity (tenant_id, day, days, mac, instruction_id, accepted_at)
    select distinct on (new.mac) ${tx.tenantId}::uuid, ${day}::date, ${days}::int, decode(new.mac, 'hex'), new.by, new.at
      from unnest(${identities.map(({ mac }) => hexOf(mac))}::text[],
                  ${identities.map(({ instructionId }) => instructionId)}::uuid[],
                  ${identities.map(({ acceptedAt }) => acceptedAt.toISOString())}::timestamptz[]) as new (mac, by, at)
     order by new.mac, new.at desc
    on conflict (tenant_id, day, days, mac) do update
      set instruction_id = excluded.instruction_id, accepted_at = excluded.accepted_at
      where suppressed_identity.accepted_at < excluded.accepted_at`;
}

/** The windows that last at this instant. */
export async function livingWindows(tx: TenantTx, now: Date): Promise<MacWindow[]> {
  const rows = await tx.bulk`
    select day::text as day, days from suppression_window
     where tenant_id = ${tx.tenantId} and ends_at > ${now.toISOString()}::timestamptz order by day, days`;
  return rows.map(({ day, days }) => ({ day: day as string, days: days as number }));
}

/** Removes the windows that have ended, with all their identities. */
export async function removeEndedWindows(tx: TenantTx, now: Date): Promise<void> {
  await tx.bulk`
    delete from suppression_window
     where tenant_id = ${tx.tenantId} and ends_at <= ${now.toISOString()}::timestamptz`;
}

/** Of these MACs, each under its window, those that are suppressed, by their hex digits. */
export async function findIdentities(
  tx: TenantTx,
  macs: readonly (MacWindow & { readonly mac: Uint8Array })[],
): Promise<Map<string, Suppressed>> {
  const rows = await tx.bulk`
    select encode(s.mac, 'hex') as mac, s.instruction_id::text as instruction, s.accepted_at as at
      from unnest(${macs.map(({ day }) => day)}::date[], ${macs.map(({ days }) => days)}::int[],
                  ${macs.map(({ mac }) => hexOf(mac))}::text[]) as asked (day, days, mac)
      join suppressed_identity s
        on s.tenant_id = ${tx.tenantId} and s.day = asked.day and s.days = asked.days
       and s.mac = decode(asked.mac, 'hex')`;
  return new Map(rows.map((row) => [row.mac as string, toSuppressed(row)]));
}

/** The erasure that suppresses this reference, or null. */
export async function findReference(tx: TenantTx, reference: string): Promise<Suppressed | null> {
  const [row] = await tx.bulk`
    select instruction_id::text as instruction, accepted_at as at from suppressed_reference
     where tenant_id = ${tx.tenantId} and reference = ${reference}`;
  return row === undefined ? null : toSuppressed(row);
}

/** The spelling by which `findIdentities` answers. */
export const hexOf = (mac: Uint8Array): string => Buffer.from(mac).toString('hex');

const toSuppressed = ({ instruction, at }: Readonly<Record<string, unknown>>): Suppressed => ({
  instructionId: instruction as InstructionId,
  acceptedAt: at as Date,
});
