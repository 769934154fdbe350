import { Injectable } from '@nestjs/common';
import { EraseSubjects } from './erase-subjects.js';
import { EraseTenant } from './erase-tenant.js';

/** The two erasures there are: of subjects, and of everything that a tenant has. */
@Injectable()
export class Erasures {
  constructor(
    readonly ofSubjects: EraseSubjects,
    readonly ofTenant: EraseTenant,
  ) {}
}
