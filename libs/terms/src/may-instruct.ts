import { type ApiClientId, DomainError, isId } from '@personr/kernel';
import { type InstructionType, isAuthorised } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { findInstructor, findOfCredential, type InstructorRow } from './instructor.repository.js';
import { type InstructorId } from './terms.js';

/** An order on its way in, as far as authority goes. */
export type Asked = {
  readonly clientId: ApiClientId;
  /** Whom the order names as its instructor; null for the registration of the credential itself. */
  readonly instructorId: string | null;
  readonly type: InstructionType;
  readonly at: Date;
};

/**
 * Who gave the order: the instructor it names, or the one the credential is registered as, or null where
 * the credential's own registration is all there is. A credential that was registered as an instructor speaks
 * only while one of its registrations does. Throws `INSTRUCTOR_NOT_AUTHORISED`, alike for unknown, foreign, not yet
 * or no longer valid, revoked, and for a type beyond the authority.
 */
export async function assertMayInstruct(tx: TenantTx, asked: Asked): Promise<InstructorId | null> {
  const { clientId, instructorId } = asked;
  if (instructorId !== null && instructorId !== clientId) return named(tx, asked, instructorId);
  const registrations = await findOfCredential(tx, clientId);
  if (registrations.length === 0) return null;
  const valid = registrations.find((registration) => isValid(registration, asked));
  if (valid === undefined) throw notAuthorised();
  return valid.id;
}

async function named(tx: TenantTx, asked: Asked, instructorId: string): Promise<InstructorId> {
  const instructor = isId(instructorId) ? await findInstructor(tx, instructorId as InstructorId) : null;
  if (instructor === null || !isValid(instructor, asked)) throw notAuthorised();
  return instructor.id;
}

const isValid = (instructor: InstructorRow, { clientId, type, at }: Asked): boolean =>
  (instructor.apiClientId === null || instructor.apiClientId === clientId) &&
  isAuthorised(instructor, type, at);

const notAuthorised = (): DomainError =>
  new DomainError('INSTRUCTOR_NOT_AUTHORISED', 'This instructor is not authorised by the tenant.');
