import { type SubjectId } from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { type BulkRow } from '@personr/tenancy';
import { type Counts, type Elements, isWhole, type Scope } from './store.js';

/** Scopes as columns for `unnest`: whom, which elements (null for all), which not, under which keys (null for all). Names and ids need no quotes. */
export const columnsOf = (scopes: readonly Scope[]) => ({
  subjects: scopes.map(({ subjectId }) => subjectId),
  elements: scopes.map(({ elements }) => (elements === undefined ? null : arrayOf(elements))),
  except: scopes.map(({ except }) => arrayOf(except ?? [])),
  under: scopes.map(({ under }) => (under === undefined ? null : arrayOf(under))),
});

const arrayOf = (codes: readonly string[]): string => `{${codes.join()}}`;

/** The subjects that are meant whole. */
export const wholeOf = (scopes: readonly Scope[]): SubjectId[] =>
  scopes.filter(isWhole).map(({ subjectId }) => subjectId);

/** Reads rows of `subject_id` and `count`. */
export const toCounts = (rows: readonly BulkRow[]): Counts =>
  new Map(rows.map((row) => [row.subject_id as SubjectId, Number(row.count)]));

/** Reads rows of `subject_id` and `elements`. */
export const toElements = (rows: readonly BulkRow[]): Elements =>
  new Map(rows.map((row) => [row.subject_id as SubjectId, row.elements as ElementCode[]]));
