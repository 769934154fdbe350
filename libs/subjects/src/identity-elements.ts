import { type ElementCode } from '@personr/law';
import { type Identity } from './subject.js';

/** The element under which each kind of identity is classified, sealed and shredded. */
export const IDENTITY_ELEMENTS: Readonly<Record<Identity['type'], ElementCode>> = {
  EXTERNAL_ID: 'EXTERNAL_ID',
  EMAIL: 'EMAIL_ADDRESS',
  PHONE: 'PHONE_NUMBER',
  DOCUMENT_NUMBER: 'DOCUMENT_NUMBER',
};
