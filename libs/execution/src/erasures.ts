import { Injectable } from '@nestjs/common';
import { EraseSubjects } from './erase-subjects.js';
import { EraseTenant } from './erase-tenant.js';
import { ExportSubject } from './export-subject.js';
import { Returns } from './returns.js';
import { SendChallenges } from './send-challenges.js';
import { SequenceErasures } from './sequence-erasures.js';

/**
 * What can be carried out: erasures of subjects, in their turn, and of everything that a tenant has; exports; what comes before
 * the erasure of a RETURN, of a subject or of everything; challenges of endpoints.
 */
@Injectable()
export class Erasures {
  constructor(
    readonly ofSubjects: EraseSubjects,
    readonly ofTenant: EraseTenant,
    readonly sequence: SequenceErasures,
    readonly exports: ExportSubject,
    readonly returns: Returns,
    readonly challenges: SendChallenges,
  ) {}
}
