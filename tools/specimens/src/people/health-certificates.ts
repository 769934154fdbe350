import { type Person } from './person.js';
import { openStream } from './stream.js';

/** Three health certificates with the fields and codes of the EU Digital COVID Certificate, schema 1.3.0. */
export interface Certificates {
  readonly vaccination: object;
  readonly test: object;
  readonly recovery: object;
}

const SCHEMA = '1.3.0';
// XX is a code that ISO 3166 leaves to users. What was caught is COVID-19 (SNOMED CT 840539006).
const SAME = { tg: '840539006', co: 'XX', is: 'Invented Ministry of Health' };

/** Invents the person's certificates. The identifiers begin `URN:UVCI:01:XX:`, a state that does not exist. */
export function certificatesOf(person: Person): Certificates {
  const stream = openStream(`${person.seed}/${person.index}/health`);
  const day = (): string => `2021-${String(10 + stream.below(3))}-${String(10 + stream.below(18))}`;
  const certificate = (kind: 'v' | 't' | 'r', entry: object): object => ({
    ver: SCHEMA,
    nam: namesOf(person),
    dob: person.dateOfBirth,
    [kind]: [{ ...SAME, ...entry, ci: `URN:UVCI:01:XX:INVENTED${stream.digits(12)}` }],
  });
  return {
    vaccination: certificate('v', {
      vp: 'INVENTED',
      mp: 'INVENTED/0',
      ma: 'ORG-000000000',
      dn: 2,
      sd: 2,
      dt: day(),
    }),
    test: certificate('t', {
      tt: 'LP6464-4',
      nm: 'Invented test',
      sc: `${day()}T09:30:00Z`,
      tr: '260415000',
      tc: 'Invented test centre',
    }),
    recovery: certificate('r', { fr: day(), df: '2022-01-10', du: '2022-06-10' }),
  };
}

const namesOf = ({ familyName, givenName }: Person): object => ({
  fn: familyName,
  fnt: familyName.toUpperCase(),
  gn: givenName,
  gnt: givenName.toUpperCase(),
});
