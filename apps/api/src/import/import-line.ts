import { DomainError, isDomainError, type Json } from '@personr/kernel';
import { type AdmissionLine } from '@personr/subjects';
import { parseJson } from '../http/json.js';
import { validated } from '../problem/validated.js';
import { toNewSubject } from '../subjects/to-new-subject.js';
import { ImportLineBody } from './import.dto.js';
import { type RawLine } from './line-splitter.js';

/** A line that says whom to take in. `handles` are what two lines have in common that must not go at once. */
export type GoodLine = {
  readonly number: number;
  readonly size: number;
  readonly admission: AdmissionLine;
  readonly handles: readonly string[];
  readonly hasRecords: boolean;
};

/** A line that cannot be taken, and why. */
export type BadLine = { readonly number: number; readonly size: number; readonly error: DomainError };

/** The longest line: what a body of JSON may be. */
export const LONGEST_LINE_BYTES = 1024 * 1024;

/** Reads a line by the rules of the body of `POST /v1/subjects`. What is wrong with it becomes its error. */
export function readLine(raw: RawLine): GoodLine | BadLine {
  const { number, bytes } = raw;
  const size = bytes?.length ?? 0;
  try {
    if (bytes === null) throw new DomainError('LINE_TOO_LONG', 'A line is 1 MiB at most.');
    return { number, size, ...toAdmission(objectOf(bytes)) };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { number, size, error };
  }
}

function toAdmission(
  line: Readonly<Record<string, Json>>,
): Pick<GoodLine, 'admission' | 'handles' | 'hasRecords'> {
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

function objectOf(bytes: Buffer): Readonly<Record<string, Json>> {
  const value = parsed(bytes);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, Json>>;
  }
  throw malformed('A line must be a JSON object.');
}

function parsed(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    throw malformed(
      isDomainError(error) ? error.message.replace('The body', 'The line') : 'The line is not JSON in UTF-8.',
    );
  }
}

const malformed = (sentence: string): DomainError => new DomainError('LINE_MALFORMED', sentence);
