import { Injectable } from '@nestjs/common';
import { type TenantId } from '@personr/kernel';
import { Vault } from '@personr/vault';
import { type Instructor } from './instructor.js';
import { type InstructorRow, type SealedName } from './instructor.repository.js';
import { type InstructorId } from './terms.js';

const LABEL = 'INSTRUCTOR_NAME';

const bindingOf = (id: InstructorId): string[] => ['instructor', id, 'name'];

/** Keeps the names of instructing persons sealed, each under a key of its own that can be destroyed alone. */
@Injectable()
export class InstructorNames {
  constructor(private readonly vault: Vault) {}

  /** Seals the name under a new key of the instructor. */
  async seal(tenantId: TenantId, id: InstructorId, name: string): Promise<SealedName> {
    const { keyId, sealed } = await this.vault.sealFor(tenantId, {
      owner: id,
      tree: 'REQUESTS',
      label: LABEL,
      binding: bindingOf(id),
      plaintext: new TextEncoder().encode(name),
    });
    return { keyId, sealed: Uint8Array.from(sealed) };
  }

  /** Opens the names of these instructors, in order. Throws `SEAL_BROKEN` for one that was tampered with. */
  async open(tenantId: TenantId, rows: readonly InstructorRow[]): Promise<Instructor[]> {
    const sealed = rows.flatMap(({ id, name }) =>
      name === null ? [] : [{ keyId: name.keyId, binding: bindingOf(id), sealed: name.sealed }],
    );
    const opened = sealed.length === 0 ? [] : await this.vault.open(tenantId, sealed);
    const names = opened.map((bytes) => new TextDecoder().decode(bytes)).values();
    return rows.map((row) => ({ ...standingOf(row), who: whoOf(row, names) }));
  }
}

const whoOf = ({ apiClientId }: InstructorRow, names: Iterator<string>): Instructor['who'] =>
  apiClientId === null
    ? { kind: 'PERSON', name: (names.next() as { value: string }).value }
    : { kind: 'CREDENTIAL', apiClientId };

const standingOf = (row: InstructorRow): Omit<Instructor, 'who'> => ({
  id: row.id,
  role: row.role,
  authority: row.authority,
  validFrom: row.validFrom,
  validTo: row.validTo,
  revokedAt: row.revokedAt,
  createdAt: row.createdAt,
});
