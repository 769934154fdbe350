import 'reflect-metadata';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { PROBLEM_STATUS } from './problem-status.js';
import { problemOf } from './problem.js';
import { HouseValidation } from './validation.pipe.js';
import { type ValidationRefused } from './validation-refused.js';

const SECRET = 'Marker-77ae';

class Item {
  @IsIn(['A', 'B']) kind!: string;
  @IsInt() 'a/b~c'!: number;
}

class Body {
  @IsString() @MaxLength(5) name!: string;
  @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
  @ApiPropertyOptional() @IsOptional() @IsString() note?: string | null;
  @ApiPropertyOptional({ nullable: true, type: String }) @IsOptional() @IsString() remark?: string | null;
  @ArrayMaxSize(1000) @Matches(/^[A-Z]$/, { each: true }) letters: string[] = [];
}

const judge = (body: unknown): Promise<unknown> =>
  new HouseValidation().transform(body, { type: 'body', metatype: Body });

async function refusalOf(body: unknown): Promise<ValidationRefused> {
  try {
    await judge(body);
  } catch (error) {
    return error as ValidationRefused;
  }
  throw new Error('it was let through');
}

const rulesOf = ({ errors }: ValidationRefused): string[] =>
  errors.map(({ pointer, code }) => `${pointer} ${code}`).sort();

const good = { name: 'Ada', items: [{ kind: 'A', 'a/b~c': 1 }] };

describe('a refusal of a body', () => {
  it('is not made of what is as the contract says', async () => {
    await expect(judge(good)).resolves.toBeInstanceOf(Body);
  });

  it('names each member by a JSON pointer (RFC 6901), with every rule it broke', async () => {
    const refusal = await refusalOf({
      name: 7,
      items: [good.items[0]!, { kind: SECRET, 'a/b~c': SECRET }],
      letters: ['A', SECRET, 'B', 7],
    });
    expect(refusal.code).toBe('VALIDATION_FAILED');
    expect(rulesOf(refusal)).toEqual([
      '/items/1/a~1b~0c isInt',
      '/items/1/kind isIn',
      '/letters/1 matches',
      '/letters/3 matches',
      '/name isString',
      '/name maxLength',
    ]);
  });

  it('says of a member that is not in the contract where it was, and not what it is called', async () => {
    const refusal = await refusalOf({
      ...good,
      [SECRET]: 1,
      items: [{ ...good.items[0], [SECRET]: { [SECRET]: 1 } }],
    });
    expect(refusal.code).toBe('UNKNOWN_MEMBER');
    expect(rulesOf(refusal)).toEqual([' UNKNOWN_MEMBER', '/items/0 UNKNOWN_MEMBER']);
    expect(JSON.stringify(refusal.errors)).not.toContain(SECRET);
  });

  it('repeats no value', async () => {
    const refusal = await refusalOf({ name: SECRET, items: [{ kind: SECRET, 'a/b~c': SECRET }, SECRET] });
    expect(refusal.errors.length).toBeGreaterThan(2);
    expect(JSON.stringify([refusal.message, refusal.errors])).not.toContain(SECRET);
  });

  it.each([[[]], [[good]], ['text'], [7], [null], [undefined]])('says that %j is no object', async (body) => {
    expect((await refusalOf(body)).errors).toEqual([
      { pointer: '', code: 'isObject', message: 'The body must be an object.' },
    ]);
  });

  it.each([[[good.items]], [[good.items[0], []]], [[[[]]]]])(
    'does not look through a list in a list: %j',
    async (items) => {
      expect(rulesOf(await refusalOf({ ...good, items }))).toEqual([
        `/items/${items.length - 1} nestedValidation`,
      ]);
    },
  );

  it('lets null pass where the contract says so, and nowhere else', async () => {
    await expect(judge({ ...good, remark: null })).resolves.toBeInstanceOf(Body);
    expect(rulesOf(await refusalOf({ ...good, note: null }))).toEqual(['/note isNotNull']);
  });

  it('names a query that reaches a prototype unknown', async () => {
    const query = JSON.parse('{"__proto__":"1","name":"Ada"}') as unknown;
    const refused = new HouseValidation().transform(query, { type: 'query', metatype: Body });
    await expect(refused).rejects.toMatchObject({ code: 'UNKNOWN_MEMBER' });
  });

  it('speaks in sentences', async () => {
    const refusal = await refusalOf({
      name: 'Ada Invented',
      items: [7, { kind: 'C', 'a/b~c': 1.5 }],
      letters: ['a'],
    });
    expect(refusal.errors.map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([
      '/name: This must be shorter than or equal to 5 characters.',
      '/items/0: This must be an object.',
      '/items/1/kind: This must be one of A, B.',
      '/items/1/a~1b~0c: This must be a whole number.',
      '/letters/0: This is not written as the contract says.',
    ]);
  });

  it('names a hundred members at most', async () => {
    const refusal = await refusalOf({ ...good, items: Array.from({ length: 5_000 }, () => ({ kind: 1 })) });
    expect(refusal.errors).toHaveLength(100);
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
