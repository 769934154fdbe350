import { type PolicyValues } from '@personr/law';
import { type PolicyVersionId } from './terms.js';

/** Changes to a policy, by the names of its values. Not yet judged. */
export type PolicyChanges = Readonly<Record<string, unknown>>;

/** Every value a tenant is judged by from `createdAt` on, until the next edition. */
export type PolicyVersion = {
  readonly id: PolicyVersionId;
  readonly edition: number;
  readonly values: PolicyValues;
  readonly createdAt: Date;
};
