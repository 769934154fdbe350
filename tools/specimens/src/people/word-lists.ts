/** Given names that nobody bears. ASCII letters only, so that they survive a machine-readable zone unchanged. */
export const GIVEN_NAMES = [
  'Imagina',
  'Fictora',
  'Sampla',
  'Nonesia',
  'Placida',
  'Testwin',
  'Mockbert',
  'Pretendra',
  'Fableton',
  'Inventa',
  'Supposa',
  'Dummian',
  'Figmenta',
  'Makebel',
  'Phantasm',
  'Exemplo',
  'Notreal',
  'Stubina',
  'Fixturo',
  'Hypothea',
] as const;

/** Family names that nobody bears. */
export const FAMILY_NAMES = [
  'Examplewright',
  'Nonesuch',
  'Fabricant',
  'Placeholder',
  'Testington',
  'Mockingham',
  'Fauxley',
  'Inventson',
  'Sampleford',
  'Pretendi',
  'Notaperson',
  'Imaginary',
  'Fictionetti',
  'Dummont',
  'Stubbsworth',
  'Specimen',
  'Fixturelli',
  'Hypothesen',
  'Nobodyski',
  'Unreality',
] as const;

/** Street names of the invented town. */
export const STREETS = [
  'Invented Way',
  'Sample Street',
  'Nowhere Lane',
  'Fixture Road',
  'Figment Avenue',
] as const;

export const OCCUPATIONS = [
  'cloud shepherd',
  'map unfolder',
  'echo tuner',
  'lamp whisperer',
  'puddle surveyor',
  'kite accountant',
] as const;

export const EMPLOYERS = [
  'Acme Example Inc.',
  'Placeholder & Daughters',
  'Specimen Works',
  'Nonesuch LLC',
] as const;

export const PROPERTIES = [
  'hot-air balloon',
  'left-handed bicycle',
  'glass piano',
  'garden maze',
  'tin submarine',
] as const;

/**
 * First six and last four digits of card numbers that payment networks and processors publish for testing. They
 * belong to nobody.
 */
export const TEST_CARDS = [
  { firstSix: '411111', lastFour: '1111' },
  { firstSix: '424242', lastFour: '4242' },
  { firstSix: '555555', lastFour: '4444' },
  { firstSix: '378282', lastFour: '0005' },
  { firstSix: '601111', lastFour: '1117' },
] as const;

/** The documentation networks of RFC 5737, section 3. */
export const DOCUMENTATION_NETWORKS = ['192.0.2', '198.51.100', '203.0.113'] as const;
