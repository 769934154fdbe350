import { randomUUID } from 'node:crypto';
import { type Base, NDJSON, requestOf } from './bad-base.js';
import { BEFORE_ROUTE, BODY_CODES, type Kind } from './bad-case.js';
import { MARKER } from './bad-requests.js';

const CODES = [...BEFORE_ROUTE, ...BODY_CODES];

/** A good line: the first that the contract shows, under a key of its own. */
function goodLine({ body }: Base): string {
  const shown = JSON.parse(String(body).split('\n')[0] ?? '{}') as object;
  return JSON.stringify({ ...shown, key: `matrix-${randomUUID()}` });
}

/** A kind of line that is refused while those before and behind it are not. */
const badLine = (name: string, ...makers: readonly ((good: string) => string)[]): Kind => ({
  name: `line: ${name}`,
  make: function* ({ base }) {
    if (base.operation.body?.type !== NDJSON) return;
    for (const make of makers) {
      const good = goodLine(base);
      const bad = make(good);
      // What it changes is not in the line that the contract shows.
      if (bad === good) continue;
      const lines = [goodLine(base), bad, goodLine(base)];
      yield {
        at: 'line 2',
        request: requestOf(base, { bytes: Buffer.from(`${lines.join('\n')}\n`, 'latin1') }),
        verdict: 'EITHER',
        because: 'one bad line spoils no other',
        badLines: [false, true, false],
        codes: CODES,
      };
    }
  },
});

const withMember = (member: string) => (good: string) => `${good.slice(0, -1)},${member}}`;

/** Kinds of lines, in the middle of good ones. */
export const LINE_KINDS: readonly Kind[] = [
  badLine(
    'no JSON',
    () => MARKER,
    (good) => good.slice(0, good.length >> 1),
    () => `"${MARKER}`,
    (good) => good + good,
  ),
  badLine(
    'no object',
    () => 'null',
    () => `"${MARKER}"`,
    () => '7',
    () => '[]',
    (good) => `[${good}]`,
  ),
  badLine(
    'without members',
    () => '{}',
    () => `{"key":"${MARKER}"}`,
  ),
  badLine(
    'without a key',
    (good) => good.replace(/"key":"[^"]*"/, '"x":1'),
    (good) => good.replace(/"key":"[^"]*"/, '"key":null'),
  ),
  badLine('unknown member', withMember(`"${MARKER}":"${MARKER}"`)),
  badLine('duplicate member', withMember(`"externalId":"${MARKER}"`)),
  badLine('__proto__', withMember(`"__proto__":{"externalId":"${MARKER}"}`), withMember('"constructor":{}')),
  badLine('huge number', withMember('"x":1e999'), (good) =>
    good.replace('"Ada Invented"', '9007199254740993'),
  ),
  badLine(
    'too deep',
    (good) => good.replace('"Ada Invented"', '['.repeat(40) + ']'.repeat(40)),
    () => '['.repeat(100_000),
  ),
  badLine(
    'NUL',
    (good) => good.replace(/"externalId":"[^"]*"/, `"externalId":"${MARKER}\\u0000"`),
    () => '\x00',
  ),
  badLine('lone surrogate', (good) => good.replace('Ada Invented', '\\ud800')),
  badLine(
    'not UTF-8',
    (good) => good.replace('Ada Invented', '\xff\xfe'),
    (good) => good.replace('Ada Invented', '\xed\xa0\x80'),
  ),
  badLine('byte order mark', (good) => `\xef\xbb\xbf${good}`),
  badLine('longer than a line may be', (good) => good.replace('Ada Invented', 'x'.repeat(1024 * 1024))),
  badLine('split by a carriage return', (good) => good.replace('Ada Invented', 'Ada\rInvented')),
];
