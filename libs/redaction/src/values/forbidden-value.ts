import { type ElementCode } from '@personr/law';

/** A kind of value that an answer to a consumer never holds: Reg. 7024(d). */
export type ForbiddenKind =
  | 'SSN'
  | 'DRIVERS_LICENCE_NUMBER'
  | 'ID_NUMBER'
  | 'ACCOUNT_NUMBER'
  | 'HEALTH_NUMBER'
  | 'PASSWORD'
  | 'BIOMETRIC';

/** A value that is held of somebody and must not be in what this person is given. */
export type ForbiddenValue = {
  readonly kind: ForbiddenKind;
  /** As it is held; biometric data in base64. */
  readonly value: string;
};

const KINDS: Partial<Record<ElementCode, ForbiddenKind>> = {
  SSN: 'SSN',
  DRIVERS_LICENSE_NUMBER: 'DRIVERS_LICENCE_NUMBER',
  STATE_ID_NUMBER: 'ID_NUMBER',
  DOCUMENT_NUMBER: 'ID_NUMBER',
  MRZ: 'ID_NUMBER',
  BARCODE_CONTENTS: 'ID_NUMBER',
  BANK_ACCOUNT_NUMBER: 'ACCOUNT_NUMBER',
  FACE_TEMPLATE: 'BIOMETRIC',
};

/** The kind of forbidden value that the element's value is, or undefined where Reg. 7024(d) does not name it. */
export const forbiddenKindOf = (element: ElementCode): ForbiddenKind | undefined => KINDS[element];

/** Says whether the value names an identity document, and so may be printed on a picture of one. */
export const namesDocument = ({ kind }: ForbiddenValue): boolean =>
  kind === 'ID_NUMBER' || kind === 'DRIVERS_LICENCE_NUMBER';
