import { type NewInstruction } from '@personr/instruction';
import { type RequestIdentity } from '@personr/idempotency';
import { type BadLine, type LineObject, readLineAs } from '../exchange/line.js';
import { type RawLine } from '../exchange/line-splitter.js';
import { validated } from '../problem/validated.js';
import { BatchLineBody } from './batch.dto.js';
import { toNewInstruction } from './to-new-instruction.js';

/** A line that says what is ordered. */
export type GoodLine = {
  readonly number: number;
  readonly size: number;
  readonly order: NewInstruction;
  readonly identity: RequestIdentity;
};

/** Reads a line by the rules of the body of `POST /v1/instructions`. What is wrong with it becomes its error. */
export const readLine = (raw: RawLine): GoodLine | BadLine => readLineAs(raw, toOrder);

function toOrder(line: LineObject): Pick<GoodLine, 'order' | 'identity'> {
  const { key, ...body } = validated(BatchLineBody, line);
  return {
    order: toNewInstruction(body),
    // As the body of `POST /v1/instructions` with this key, so that either is a replay of the other.
    identity: { key, act: 'acceptInstruction', body: { ...line, key: undefined } },
  };
}
