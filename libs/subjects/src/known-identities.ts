import { Injectable } from '@nestjs/common';
import { canonicalJson, type Json, type SubjectId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type SealedRecord } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { type ClaimedLine } from './admission.js';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { SealedRecords } from './sealed-records.js';

type Line = ClaimedLine & { readonly created: boolean };

/** Says what a line adds to what is held. */
export type Spelt = {
  /** The line's values, but for identities that are among the subject's values already. */
  additions(line: Line): readonly SealedRecord[];
};

/** Keeps an identity from being held twice when a person comes in again. */
@Injectable()
export class KnownIdentities {
  constructor(private readonly sealedRecords: SealedRecords) {}

  /** The values, as they rest, by which the subjects of these lines that are not new are known. */
  async find(tx: TenantTx, lines: readonly Line[]): Promise<SealedRecord[]> {
    const found: SealedRecord[] = [];
    for (const { subjectId, identities } of lines.filter(({ created }) => !created)) {
      const elements = [...new Set(identities.map(({ type }) => IDENTITY_ELEMENTS[type]))];
      found.push(...(await this.sealedRecords.find(tx, { subjectId, elements })));
    }
    return found;
  }

  /** Opens those of `known` that belong to these lines' subjects, for comparison alone. */
  async spell(tx: TenantTx, lines: readonly Line[], known: readonly SealedRecord[]): Promise<Spelt> {
    const subjects = new Set(lines.map(({ subjectId }) => subjectId));
    const mine = known.filter(({ subjectId }) => subjects.has(subjectId));
    const opened = mine.length === 0 ? [] : await this.sealedRecords.openAll(tx.tenantId, mine);
    const spelt = new Set(
      opened.map(({ element, value }, at) => spellingOf(mine[at]?.subjectId, element, value)),
    );
    return {
      additions: ({ sealed, identities, subjectId }) =>
        sealed.filter((record, at) => {
          const identity = identities[at];
          return identity === undefined || !spelt.has(spellingOf(subjectId, record.element, identity.value));
        }),
    };
  }
}

const spellingOf = (subjectId: SubjectId | undefined, element: ElementCode, value: Json): string =>
  canonicalJson([subjectId ?? null, element, value]);
