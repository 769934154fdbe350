import { type AdmissionLine } from '@personr/subjects';
import { type BadLine, type LineObject, readLineAs } from '../exchange/line.js';
import { type RawLine } from '../exchange/line-splitter.js';
import { validated } from '../problem/validated.js';
import { toNewSubject } from '../subjects/to-new-subject.js';
import { ImportLineBody } from './import.dto.js';

/** A line that says whom to take in. `handles` are what two lines have in common that must not go at once. */
export type GoodLine = {
  readonly number: number;
  readonly size: number;
  readonly admission: AdmissionLine;
  readonly handles: readonly string[];
  readonly hasRecords: boolean;
};

/** Reads a line by the rules of the body of `POST /v1/subjects`. What is wrong with it becomes its error. */
export const readLine = (raw: RawLine): GoodLine | BadLine => readLineAs(raw, toAdmission);

function toAdmission(line: LineObject): Pick<GoodLine, 'admission' | 'handles' | 'hasRecords'> {
  const { key, ...body } = validated(ImportLineBody, line);
  return {
    admission: {
      subject: toNewSubject(body),
      // As the body of `POST /v1/subjects` with this key, so that either is a replay of the other.
      identity: { key, act: 'admitSubject', body: { ...line, key: undefined } },
    },
    handles: [`key ${key}`, `externalId ${body.externalId}`],
    hasRecords: body.records !== undefined,
  };
}
