import { Injectable } from '@nestjs/common';
import { ReturnSubject } from './return-subject.js';
import { ReturnTenant } from './return-tenant.js';

/** What comes before the erasure of a RETURN: of a subject, or of everything that a tenant has. */
@Injectable()
export class Returns {
  constructor(
    readonly ofSubjects: ReturnSubject,
    readonly ofTenant: ReturnTenant,
  ) {}
}
