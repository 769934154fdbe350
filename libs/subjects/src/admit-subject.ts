import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { type RequestIdentity } from '@personr/idempotency';
import { type Admitted } from './admission.js';
import { AdmitSubjects } from './admit-subjects.js';
import { type NewSubject } from './subject.js';

/** Takes a person in, or adds to one who is known under the same external id: `AdmitSubjects` with one line. */
@Injectable()
export class AdmitSubject {
  constructor(private readonly admitSubjects: AdmitSubjects) {}

  /** Throws what `AdmitSubjects` refuses a line for. */
  async run(caller: Caller, subject: NewSubject, identity: RequestIdentity | null): Promise<Admitted> {
    const [outcome] = await this.admitSubjects.run(caller, [{ subject, identity }]);
    if (outcome === undefined) throw new Error('a line has an outcome');
    if (!outcome.ok) throw outcome.error;
    return outcome.admitted;
  }
}
