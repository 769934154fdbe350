import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { IsDefined, IsString, validateSync } from 'class-validator';
import { ImportLineBody } from '../import/import.dto.js';
import { ReadBody } from '../subjects/subjects.dto.js';
import { beyondTheValidator } from './beyond-the-validator.js';
import { isClearlyValid } from './clearly-valid.js';
import { RULES } from './validation.pipe.js';

type Body = Record<string, unknown>;

const line = (): Body => ({
  key: 'row-1',
  externalId: 'cust-1',
  identities: [{ type: 'EMAIL', value: 'ada@invented.example' }],
  residency: 'US-CA',
  role: 'SERVICE_PROVIDER',
  consents: [{ policy: 'PRIVACY_POLICY', version: '2026-01', givenAt: '2026-11-20T09:00:00Z', ref: 'c1' }],
  records: [
    {
      element: 'FULL_NAME',
      value: { given: 'Ada', all: ['Ada', 1, true] },
      source: 'CLIENT_OR_AGENT',
      purpose: 'IDENTITY_VERIFICATION',
      collectedAt: '2026-11-23T18:00:00Z',
      consentId: '019ab0c4-5a00-7000-8000-000000000001',
      consentRef: 'c1',
    },
  ],
});

const findings = (body: object): unknown[] => {
  const instance = plainToInstance(ImportLineBody, body);
  return [...validateSync(instance, RULES), ...beyondTheValidator(instance)];
};

const ODD = [
  undefined,
  null,
  '',
  'x',
  'US-CA',
  '\ud800',
  0,
  1.5,
  true,
  [],
  {},
  [[{}]],
  [null],
  ['x'],
  [{}],
  { x: 1 },
];

/** The body with one thing changed, in every place and every way. */
function* changed(body: Body): Generator<Body> {
  for (const [name, value] of Object.entries(body)) {
    for (const odd of ODD) yield { ...body, [name]: odd };
    if (!Array.isArray(value)) continue;
    const items = value as Body[];
    for (const item of items) for (const one of changed(item)) yield { ...body, [name]: [one] };
    yield { ...body, [name]: Array.from({ length: 501 }, () => items[0]) };
    yield { ...body, [name]: [items] };
    yield { ...body, [name]: items[0] };
  }
  yield { ...body, unknown: 1 };
}

describe('what is clearly valid', () => {
  it('is a line of every member, and one of those that it must have', () => {
    expect(findings(line())).toEqual([]);
    expect(isClearlyValid(ImportLineBody, line())).toBe(true);
    expect(isClearlyValid(ImportLineBody, { key: 'row-1', externalId: 'cust-1' })).toBe(true);
  });

  it('is what the validator finds nothing in: whatever is changed, wherever', () => {
    const bodies = [...changed(line())];
    const clear = bodies.filter((body) => isClearlyValid(ImportLineBody, body));
    const sound = bodies.filter((body) => findings(body).length === 0);
    expect(bodies.length).toBeGreaterThan(300);
    expect(clear).toEqual(sound);
    expect(clear.length).toBeLessThan(bodies.length / 2);
  });

  it('judges every item of a list of texts', () => {
    const body = { purpose: 'IDENTITY_VERIFICATION', elements: ['FULL_NAME', 'EMAIL'] };
    expect(isClearlyValid(ReadBody, body)).toBe(true);
    expect(isClearlyValid(ReadBody, { ...body, elements: ['FULL_NAME', 'email'] })).toBe(false);
  });

  it('is nothing of a shape without rules, or with one that only the validator knows', () => {
    class Bare {
      text?: string;
    }
    class Odd {
      @IsDefined() @IsString() text!: string;
    }
    class Grouped {
      @IsString({ groups: ['some'] }) text!: string;
    }
    for (const shape of [Bare, Odd, Grouped]) expect(isClearlyValid(shape, { text: 'x' })).toBe(false);
  });
});
