import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import { IsIn, IsInt, IsString, MaxLength, ValidateNested, validateSync } from 'class-validator';
import { PROBLEM_STATUS } from './problem-status.js';
import { problemOf } from './problem.js';
import { refuseValidation } from './validation-refused.js';

const SECRET = 'Marker-77ae';

class Item {
  @IsIn(['A', 'B']) kind!: string;
  @IsInt() 'a/b~c'!: number;
}

class Body {
  @IsString() @MaxLength(5) name!: string;
  @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
}

const refusalOf = (body: object) =>
  refuseValidation(
    validateSync(plainToInstance(Body, body), { whitelist: true, forbidNonWhitelisted: true }),
  );

const good = { name: 'Ada', items: [{ kind: 'A', 'a/b~c': 1 }] };

describe('a refusal of a body', () => {
  it('names each member by a JSON pointer (RFC 6901), with every rule it broke', () => {
    const { code, errors } = refusalOf({
      name: 7,
      items: [good.items[0]!, { kind: SECRET, 'a/b~c': SECRET }],
    });
    expect(code).toBe('VALIDATION_FAILED');
    expect(errors.map(({ pointer, code: rule }) => [pointer, rule])).toEqual(
      expect.arrayContaining([
        ['/name', 'isString'],
        ['/name', 'maxLength'],
        ['/items/1/kind', 'isIn'],
        ['/items/1/a~1b~0c', 'isInt'],
      ]),
    );
    expect(errors).toHaveLength(4);
  });

  it('says of a member that is not in the contract where it was, and not what it is called', () => {
    const { code, errors } = refusalOf({
      ...good,
      [SECRET]: 1,
      items: [{ ...good.items[0], [SECRET]: { [SECRET]: 1 } }],
    });
    expect(code).toBe('UNKNOWN_MEMBER');
    expect(errors.map(({ pointer, code: rule }) => [pointer, rule]).sort()).toEqual([
      ['', 'UNKNOWN_MEMBER'],
      ['/items/0', 'UNKNOWN_MEMBER'],
    ]);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
  });

  it('repeats no value', () => {
    const refusal = refusalOf({ name: SECRET, items: [{ kind: SECRET, 'a/b~c': SECRET }, SECRET] });
    expect(refusal.errors.length).toBeGreaterThan(2);
    expect(JSON.stringify([refusal.message, refusal.errors])).not.toContain(SECRET);
  });
});

describe('a problem document', () => {
  it('bears code, status and title of its code, and names the request (RFC 9457)', () => {
    const requestId = '019ab0c4-5a00-7000-8000-000000000001';
    expect(problemOf('SUBJECT_NOT_FOUND', { detail: 'There is no such subject.', requestId })).toEqual({
      type: 'urn:personr:problem:subject-not-found',
      title: 'Not Found',
      status: 404,
      code: 'SUBJECT_NOT_FOUND',
      detail: 'There is no such subject.',
      instance: `urn:uuid:${requestId}`,
    });
  });

  it('R-01: never says by 403 that somebody else’s thing exists', () => {
    const notFound = Object.entries(PROBLEM_STATUS).filter(([code]) => code.endsWith('_NOT_FOUND'));
    expect(notFound.map(([, status]) => status)).toEqual(notFound.map(() => 404));
  });

  it('has a status of 400 or more for every code', () => {
    for (const status of Object.values(PROBLEM_STATUS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});
