import { type Claim, type Verdict } from './claim.js';
import { type Fault } from './faults.js';
import { type Loot } from './loot.js';

/** How a claim stood the attack. */
export type Answered = Verdict & {
  readonly claim: string;
  readonly says: string;
  readonly held: boolean;
  readonly seconds: number;
};

/** Whether a fault was seen by the claim that it breaks. */
export type Sighting = {
  readonly fault: string;
  readonly claim: string;
  readonly seen: boolean;
  readonly seconds: number;
};

/** What came of an attack. */
export type Outcome = { readonly claims: readonly Answered[]; readonly faults: readonly Sighting[] };

const SHOWN_PROBLEMS = 5;

/** Judges every claim. */
export async function judgeClaims(
  claims: readonly Claim[],
  loot: Loot,
  say: (line: string) => void,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (const { name, says, judge } of claims) {
    say(`trying: ${name}`);
    const startedAt = performance.now();
    const verdict = judge(loot);
    answered.push({
      claim: name,
      says,
      held: verdict.problems.length === 0,
      ...verdict,
      seconds: since(startedAt),
    });
    await letOthersIn();
  }
  return answered;
}

/** What faults are planted in, and the claims that judge it. */
export type Attempt = {
  readonly claims: readonly Claim[];
  readonly faults: readonly Fault[];
  readonly loot: Loot;
};

/** Plants every fault in turn. One is seen when its claim says something that it did not say without. */
export async function judgeFaults(
  answered: readonly Answered[],
  { claims, faults, loot }: Attempt,
  say: (line: string) => void,
): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  for (const { name, claim, plant } of faults) {
    say(`fault: ${name}`);
    const startedAt = performance.now();
    const judged = claims.find((one) => one.name === claim);
    if (judged === undefined) throw new Error(`there is no claim ${claim}`);
    const known = new Set(answered.find((one) => one.claim === claim)?.problems);
    const seen = judged.judge(await plant(loot)).problems.some((problem) => !known.has(problem));
    sightings.push({ fault: name, claim, seen, seconds: since(startedAt) });
    await letOthersIn();
  }
  return sightings;
}

/** Whether everything is as it should be: every claim held, every fault seen. */
export const isSound = ({ claims, faults }: Outcome): boolean =>
  claims.every(({ held }) => held) && faults.every(({ seen }) => seen) && faults.length > 0;

/** The outcome for a program. */
export const asJson = ({ claims, faults }: Outcome): string =>
  JSON.stringify({
    claims: claims.map(({ claim, held, tried, problems, seconds }) => ({
      claim,
      held,
      tried,
      problems,
      seconds,
    })),
    faults: faults.map(({ fault, claim, seen }) => ({ fault, claim, seen })),
    notTried: NOT_TRIED,
  });

/** What this attack does not do, said with every table. */
const NOT_TRIED = [
  'tokens and S3: roots lie in directories here, and documents in files',
  'wraps that existed only between two copies and lie in the WAL alone; the memory of running processes',
];

/** The outcome for people. */
export function asTable({ claims, faults }: Outcome): string {
  const width = Math.max(
    ...claims.map(({ claim }) => claim.length),
    ...faults.map(({ fault }) => fault.length),
  );
  const lines = claims.flatMap(({ claim, says, held, tried, problems, seconds }) => [
    `${held ? 'held  ' : 'BROKEN'}  ${claim.padEnd(width)}  ${seconds.toFixed(1).padStart(5)} s  ${says}`,
    `${' '.repeat(width + 10)}         tried: ${tried}`,
    ...counted(problems)
      .slice(0, SHOWN_PROBLEMS)
      .map((problem) => `${' '.repeat(width + 10)}         BROKEN: ${problem}`),
  ]);
  const seen = faults.map(
    ({ fault, claim, seen: isSeen, seconds }) =>
      `${isSeen ? 'seen  ' : 'UNSEEN'}  ${fault.padEnd(width)}  ${seconds.toFixed(1).padStart(5)} s  breaks ${claim}`,
  );
  const held = claims.filter((one) => one.held).length;
  const found = faults.filter((one) => one.seen).length;
  return [
    ...lines,
    '',
    ...seen,
    '',
    ...NOT_TRIED.map((line) => `Not tried: ${line}.`),
    `${held} of ${claims.length} claims held, ${found} of ${faults.length} faults seen.`,
  ].join('\n');
}

/** Each problem once, with how often it was met. */
function counted(problems: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const problem of problems) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => (count > 1 ? `${problem} (${count} times)` : problem));
}

/** A signal to end is heard between two claims. */
const letOthersIn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const since = (startedAt: number): number => (performance.now() - startedAt) / 1000;
