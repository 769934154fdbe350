import { type Person } from './person.js';
import { openStream } from './stream.js';

/** What an invented health certificate says, as JSON text with the field names of the EU Digital COVID Certificate. */
export interface HealthCertificates {
  readonly vaccination: string;
  readonly test: string;
  readonly recovery: string;
}

/** Writes the person's vaccination, test and recovery certificates. The identifiers begin `URN:UVCI:01:XX:`, a state that does not exist. */
export function healthCertificatesOf(person: Person): HealthCertificates {
  const stream = openStream(`${person.seed}/${person.index}/health`);
  const day = (): string => `2021-${String(10 + stream.below(3))}-${String(10 + stream.below(18))}`;
  const certificate = (entry: object): string =>
    JSON.stringify({
      invented: true,
      nam: { gn: person.givenName, fn: person.familyName },
      dob: person.dateOfBirth,
      ...entry,
      ci: `URN:UVCI:01:XX:INVENTED${stream.digits(12)}`,
    });
  return {
    vaccination: certificate({ vp: 'Invented vaccine', dn: 2, sd: 2, dt: day() }),
    test: certificate({ tt: 'NAAT', tr: 'not detected', sc: day() }),
    recovery: certificate({ fr: day(), df: day() }),
  };
}
