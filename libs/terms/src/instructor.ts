import { type ApiClientId } from '@personr/kernel';
import { type Authority } from '@personr/law';
import { type InstructorId } from './terms.js';

/** Who may instruct: a person by name, or a credential. `role` is a code, as in PRIVACY_OFFICER. */
export type NewInstructor = Omit<Authority, 'revokedAt'> & {
  readonly role: string;
  readonly who:
    | { readonly kind: 'PERSON'; readonly name: string }
    | { readonly kind: 'CREDENTIAL'; readonly apiClientId: ApiClientId };
};

/** An authorised instructor as it is kept, its name opened. */
export type Instructor = NewInstructor &
  Authority & {
    readonly id: InstructorId;
    readonly createdAt: Date;
  };
