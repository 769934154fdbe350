/** A passport of Utopia, the specimen state of ICAO 9303. Dates are `YYYY-MM-DD`. */
export interface Passport {
  readonly type: 'PASSPORT';
  readonly country: 'UTO';
  readonly number: string;
  readonly expiry: string;

  /** The two lines of its machine-readable zone (TD3). */
  readonly mrz: readonly [string, string];
  readonly securityFeatures: string;
}

/** A payment card, of which a check keeps only these facts. `expiry` is `YYYY-MM`. */
export interface Card {
  readonly holder: string;
  readonly expiry: string;
  readonly firstSix: string;
  readonly lastFour: string;
}

/** Somebody who does not exist. Every number is of a range that is never given to a real person. */
export interface Person {
  readonly seed: string;
  readonly index: number;

  /** How the Business calls the person. */
  readonly externalId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly fullName: string;
  readonly sex: 'F' | 'M' | 'X';
  readonly dateOfBirth: string;
  readonly citizenship: 'UTO';
  readonly email: string;
  readonly phone: string;
  readonly address: string;
  readonly ipAddress: string;
  readonly ssn: string;
  readonly driversLicenseNumber: string;
  readonly stateIdNumber: string;
  readonly passport: Passport;
  readonly bankAccountNumber: string;
  readonly card: Card;
  readonly occupation: string;
  readonly employer: string;
  readonly property: string;

  /** 128 little-endian 32-bit floats from -1 to 1, in base64. */
  readonly faceTemplate: string;
}
