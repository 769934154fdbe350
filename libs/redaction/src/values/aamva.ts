import { type ForbiddenValue } from './forbidden-value.js';

/** AAMVA card design standard, table D.3: DAQ is the customer's number, DCF and DCK discriminate documents. */
const NUMBER = /(?:DAQ|DCF|DCK)([^\n\r]{4,})/g;

/** The numbers that stand in the barcode of a licence. */
export const numbersInBarcode = (text: string): ForbiddenValue[] =>
  [...text.matchAll(NUMBER)].map(([, value = '']) => ({
    kind: 'DRIVERS_LICENCE_NUMBER',
    value: value.trim(),
  }));
