import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, type DomainError, type SubjectId } from '@personr/kernel';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { type MacWindow, Vault } from '@personr/vault';
import { type AdmissibleLine, type Outcomes, refused } from './admission.js';
import { type SubjectEvent } from './subjects.events.js';
import { isNewOnboarding, type Suppressed, SUPPRESSION, suppressedReingest } from './suppression.js';
import { findIdentities, findReference, hexOf, livingWindows } from './suppression.repository.js';

/** Lines to be judged, where they are answered, and the windows that last. */
type Judging<Line> = {
  readonly lines: readonly Line[];
  readonly outcomes: Outcomes;
  readonly windows: readonly MacWindow[];
};

type Found<Line> = { readonly line: Line; readonly suppressed: Suppressed };

/** Keeps people whom an erasure took from being taken in again by their identities. */
@Injectable()
export class SuppressReingest {
  constructor(
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The windows in which people whom an erasure took are suppressed. Most tenants have none, and then nothing else is asked. */
  windows(tx: TenantTx): Promise<readonly MacWindow[]> {
    return livingWindows(tx, this.clock.now());
  }

  /**
   * Refuses (`SUPPRESSED_REINGEST`) the lines that bring an identity of an erasure, unless they bring a consent given
   * after it was accepted; writes an entry for each. The subjects of these lines are new. Returns the lines that may go
   * on. Asks nothing where the tenant erased nobody within its windows.
   */
  async refuse<Line extends AdmissibleLine>(
    tx: TenantTx,
    caller: Caller,
    judging: Judging<Line>,
  ): Promise<Line[]> {
    return this.drop(tx, caller, { ...judging, found: await this.find(tx, judging) });
  }

  /** The same before it is known who is new: a line with the external id of somebody who is held adds to that person. */
  async refuseUnlessHeld<Line extends AdmissibleLine>(
    tx: TenantTx,
    caller: Caller,
    judging: Judging<Line>,
  ): Promise<Line[]> {
    const found: Found<Line>[] = [];
    for (const one of await this.find(tx, judging)) {
      const externalId = one.line.identities.find(({ type }) => type === 'EXTERNAL_ID');
      const held = externalId === undefined ? [] : await this.vault.find(tx.tenantId, externalId);
      if (held.length === 0) found.push(one);
    }
    return this.drop(tx, caller, { ...judging, found });
  }

  private async drop<Line extends AdmissibleLine>(
    tx: TenantTx,
    caller: Caller,
    told: {
      readonly lines: readonly Line[];
      readonly outcomes: Outcomes;
      readonly found: readonly Found<Line>[];
    },
  ): Promise<Line[]> {
    const { lines, outcomes, found } = told;
    if (found.length === 0) return [...lines];
    const at = this.clock.now();
    await this.audit.appendAll(
      tx,
      found.map(({ suppressed }) => eventOf(caller, suppressed, at)),
    );
    for (const { line } of found) outcomes.set(line.position, refused(suppressedReingest()));
    return lines.filter(({ position }) => !outcomes.has(position));
  }

  /** The lines with an identity of an erasure and no consent given after it. */
  private async find<Line extends AdmissibleLine>(
    tx: TenantTx,
    { lines, windows }: Pick<Judging<Line>, 'lines' | 'windows'>,
  ): Promise<Found<Line>[]> {
    if (lines.length === 0 || windows.length === 0) return [];
    const marked = lines.flatMap((line) => line.identities.map((identity) => ({ line, identity })));
    const identities = marked.map(({ identity }) => identity);
    const macs = await this.vault.windowMacs(tx.tenantId, { use: SUPPRESSION, windows, identities });
    const asked = windows.flatMap((window, at) => (macs[at] ?? []).map((mac) => ({ ...window, mac })));
    const known = await findIdentities(tx, asked);
    const found = new Map<Line, Suppressed>();
    for (const [place, { line }] of marked.entries()) {
      for (const mac of macs.flatMap((window) => window?.[place] ?? [])) {
        const suppressed = known.get(hexOf(mac));
        if (suppressed === undefined || isNewOnboarding(line.subject.consents, suppressed)) continue;
        found.set(line, suppressed);
      }
    }
    return [...found].map(([line, suppressed]) => ({ line, suppressed }));
  }
}

/** What an unknown subject is answered with: `SUPPRESSED_REINGEST`, with an entry, when its id is one of an erasure. */
export async function refuseUnknown(
  { tenancy, audit, clock }: { readonly tenancy: Tenancy; readonly audit: AuditLog; readonly clock: Clock },
  caller: Caller,
  { subjectId, otherwise }: { readonly subjectId: SubjectId; readonly otherwise: DomainError },
): Promise<DomainError> {
  return tenancy.forTenant(caller.tenantId, async (tx) => {
    const suppressed = await findReference(tx, subjectId);
    if (suppressed === null) return otherwise;
    await audit.append(tx, eventOf(caller, suppressed, clock.now()));
    return suppressedReingest();
  });
}

const eventOf = (caller: Caller, { instructionId }: Suppressed, at: Date): SubjectEvent => ({
  event: 'intake.suppressed',
  at,
  ...by(caller),
  instructionId,
  reasonCode: 'SUPPRESSED_REINGEST',
});
