import { type Figure, judge, median, quantile } from './figure.js';
import { type IntakeBench } from './intake.js';
import { inventSubjects, RECORDS } from './invent-subjects.js';

const WARM_UP = 20;
const TARGET_MILLISECONDS = 15;

/** One subject a request, on the product and on plain SQL in turn. */
export async function intakeOneByOne({ door, plain, isQuick, say }: IntakeBench): Promise<Figure[]> {
  const n = isQuick ? 30 : 300;
  const subjects = inventSubjects('one', WARM_UP + n);
  const [posted, inserted]: [number[], number[]] = [[], []];
  for (const [at, subject] of subjects.entries()) {
    const startedAt = performance.now();
    await plain.insertSubject(subject.externalId, subject.records);
    const betweenAt = performance.now();
    await door.post('/v1/subjects', subject);
    const endedAt = performance.now();
    if (at < WARM_UP) continue;
    inserted.push(betweenAt - startedAt);
    posted.push(endedAt - betweenAt);
    if (at % 100 === 0) say(`one by one: ${at - WARM_UP} of ${n}`);
  }
  const figure = (metric: string, share: number, target?: number) =>
    judge({
      bench: 'intake',
      case: `subject with ${RECORDS} records`,
      metric,
      value: quantile(posted, share),
      unit: 'ms',
      ...(target === undefined ? {} : { target }),
      baseline: share === 0.5 ? median(inserted) : quantile(inserted, share),
      n,
    });
  return [figure('p50', 0.5, TARGET_MILLISECONDS), figure('p95', 0.95)];
}
