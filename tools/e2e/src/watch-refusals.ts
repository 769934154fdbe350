import type supertest from 'supertest';
import { MARKER } from './bad-requests.js';
import { type House, type TestTenant } from './house.js';
import { refusalsTold } from './refusals-told.js';
import { type Tally, tally } from './tally.js';

/** What a refusal must be. `entries`: how many of it the tenant's log tells, or is going to tell; none when left out. */
export type Expected = { readonly status: number; readonly code: string; readonly entries?: number };

/** Checks one refusal after another against the rows there were before. */
export type RefusalWatch = {
  /** Counts the rows there are now. */
  count(): Promise<void>;
  /** Fails unless the answer is this problem, quotes nothing that was sent, and left nothing but entries. */
  expect(answer: supertest.Response, expected: Expected): Promise<void>;
};

/** Watches over what refusals leave at this tenant. */
export function watchRefusals(house: House, tenant: TestTenant): RefusalWatch {
  let before: Tally;
  let toldBefore: number;
  return {
    count: async () => {
      before = await tally(house, tenant);
      toldBefore = await refusalsTold(house, tenant);
    },
    expect: async (answer, { status, code, entries = 0 }) => {
      expectProblem(answer, { status, code });
      expect(quotes(answer.text) || quotes(JSON.stringify(answer.headers))).toBe(false);
      expect(house.logLines.filter(quotes)).toEqual([]);
      const after = await tally(house, tenant);
      expect((await refusalsTold(house, tenant)) - toldBefore).toBe(entries);
      expect(withoutLog(after)).toEqual(withoutLog(before));
      expect(after.entries - before.entries).toBeLessThanOrEqual(entries);
    },
  };
}

const quotes = (text: string): boolean => text.toLowerCase().includes(MARKER.toLowerCase());

const withoutLog = ({ subjects, records, instructions, work, receipts }: Tally) => ({
  subjects,
  records,
  instructions,
  work,
  receipts,
});

function expectProblem(answer: supertest.Response, { status, code }: Expected): void {
  const problem = answer.body as { code?: string };
  expect([answer.status, problem.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(problem).toMatchObject({
    type: `urn:personr:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.any(String) as string,
    status,
    detail: expect.any(String) as string,
    instance: `urn:uuid:${answer.headers['x-request-id'] ?? ''}`,
  });
}
