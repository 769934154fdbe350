import { type Instruction, type InstructionState } from '@personr/client';
import { withOneByteChanged } from './one-byte-changed.js';
import { outcomeOf, reasonOf } from './outcome.js';
import { type Played } from './play.js';

const aDeletion = (state: InstructionState, verified = true): Played['deletions'][number] => ({
  instruction: { id: state, type: 'DELETE', state, acceptedAt: 'then', finishedAt: 'now' } as Instruction,
  tenantId: 't',
  receipt: '{}',
  receiptAt: 0,
  acceptedInMs: 0,
  verified,
});

const anAnswer = (changes: Partial<Played['answered']> = {}): Played['answered'] => ({
  ...aDeletion('COMPLETED'),
  documents: 1,
  named: ['face template'],
  forbiddenFound: 0,
  ...changes,
});

const aReturn = (changes: Partial<Played['returned']> = {}): Played['returned'] => ({
  ...aDeletion('COMPLETED'),
  isWhole: true,
  isGone: true,
  ...changes,
});

const aPlay = (changes: Partial<Played> = {}): Played => ({
  businesses: [] as unknown as Played['businesses'],
  deletions: [aDeletion('COMPLETED'), aDeletion('CLOSED_NO_DATA')],
  answered: anAnswer(),
  returned: aReturn(),
  untouched: { tenants: true, subjects: true },
  forgeriesRefused: true,
  gone: true,
  outside: { holds: true, changeRefused: true },
  ...changes,
});

describe('the outcome of the demo', () => {
  it('is exactly the document that the commands promise', () => {
    const [first] = outcomeOf(aPlay(), 1.23456).instructions;
    expect(first).toEqual({
      id: 'COMPLETED',
      tenant: 't',
      type: 'DELETE',
      state: 'COMPLETED',
      acceptedAt: 'then',
      finishedAt: 'now',
      receiptVerified: true,
    });
    expect(outcomeOf(aPlay(), 1.23456)).toMatchObject({
      untouched: { tenants: true, subjects: true },
      elapsedSeconds: 1.23,
    });
  });

  it('has no reason to fail when everything was as promised', () => {
    expect(reasonOf(aPlay())).toBeNull();
  });

  it.each<[string, Partial<Played>]>([
    ['an instruction did not end well', { deletions: [aDeletion('ERASING'), aDeletion('CLOSED_NO_DATA')] }],
    ['there was no instruction', { deletions: [] }],
    ['a receipt was refused', { deletions: [aDeletion('COMPLETED', false), aDeletion('CLOSED_NO_DATA')] }],
    ['an answer did not end well', { answered: anAnswer(aDeletion('PACKAGING')) }],
    ['a package is empty', { answered: anAnswer({ documents: 0 }) }],
    ['a package holds what it must not', { answered: anAnswer({ forbiddenFound: 1 }) }],
    ['the receipt of an answer was refused', { answered: anAnswer({ verified: false }) }],
    ['a return did not end', { returned: aReturn(aDeletion('AWAITING_TRANSFER_ACK')) }],
    ['what was returned was not whole', { returned: aReturn({ isWhole: false }) }],
    ['what was returned is still held', { returned: aReturn({ isGone: false }) }],
    ['the receipt of a return was refused', { returned: aReturn({ verified: false }) }],
    ['a forgery was accepted', { forgeriesRefused: false }],
    ['the person is still there', { gone: false }],
    ['another consumer changed', { untouched: { tenants: true, subjects: false } }],
    ['a receipt or a log was refused at the end', { outside: { holds: false, changeRefused: true } }],
    ['a changed log was accepted', { outside: { holds: true, changeRefused: false } }],
    ['the other Business changed', { untouched: { tenants: false, subjects: true } }],
  ])('says in a sentence when %s', (_, changes) => {
    expect(reasonOf(aPlay(changes))).toMatch(/^[A-Z].+\.$/);
  });
});

describe('a receipt with one byte changed', () => {
  it.each(['{"stores":[{"erased":46,"remaining":0}]}', '{"erased":9}', '{"a":1}'])(
    'differs from %s in one byte',
    (receipt) => {
      const changed = withOneByteChanged(receipt);
      expect(changed).toHaveLength(receipt.length);
      expect([...changed].filter((letter, at) => letter !== receipt[at])).toHaveLength(1);
      expect(() => void JSON.parse(changed)).not.toThrow();
    },
  );
});
