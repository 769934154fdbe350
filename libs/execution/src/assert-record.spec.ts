import { isDomainError } from '@personr/kernel';
import { type ReceiptBody } from '@personr/proof';
import { aReceiptBody } from '@personr/proof/testing';
import { assertRecord } from './assert-record.js';

const denied = (denialBasis: string | null, outcome: ReceiptBody['outcome']): ReceiptBody => {
  const body = aReceiptBody();
  return { ...body, outcome, answer: { ...body.answer, denialBasis } };
};

const isRefused = (body: ReceiptBody): boolean => {
  try {
    assertRecord(body);
    return false;
  } catch (error) {
    return isDomainError(error, 'RECORD_INCOMPLETE');
  }
};

describe('the record of a request', () => {
  it('R-95: is whole with its six facts', () => {
    assertRecord(denied(null, 'COMPLETED'));
    assertRecord(denied(null, 'CLOSED_NO_DATA'));
    assertRecord(denied('EX_LEGAL', 'CLOSED_DENIED'));
    assertRecord(denied('EX_COURT EX_LEGAL', 'COMPLETED_WITH_EXCEPTIONS'));
  });

  it.each([
    ['request', 'receivedAt'],
    ['request', 'nature'],
    ['request', 'manner'],
    ['answer', 'answeredAt'],
    ['answer', 'nature'],
  ] as const)('R-95: closes nothing without %s.%s', (part, name) => {
    const body = aReceiptBody();
    for (const nothing of ['', ' \n', undefined, null]) {
      expect(isRefused({ ...body, [part]: { ...body[part], [name]: nothing } })).toBe(true);
    }
  });

  it('R-95: denies nothing, in whole or in part, without a basis', () => {
    for (const outcome of ['CLOSED_DENIED', 'COMPLETED_WITH_EXCEPTIONS'] as const) {
      for (const nothing of [null, '', ' ']) expect(isRefused(denied(nothing, outcome))).toBe(true);
    }
  });
});
