import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Base, bytesOf, isJson, requestOf } from './bad-base.js';
import { BEFORE_ROUTE, BODY_CODES, type Draft, type Kind, type Verdict } from './bad-case.js';
import { MARKER } from './bad-requests.js';

const MEBIBYTE = 1024 * 1024;
const CODES = [...BEFORE_ROUTE, ...BODY_CODES];

/** What inflates to a gibibyte: a mebibyte of blanks, a thousand times over. Made once. */
const BOMBS = ((): (() => readonly (readonly [string, Buffer])[]) => {
  let made: readonly (readonly [string, Buffer])[] | undefined;
  const blanks = Buffer.alloc(MEBIBYTE, ' ');
  const gzip = (): Buffer => Buffer.concat(Array.from({ length: 1024 }, () => BOMB_PART));
  const BOMB_PART = gzipSync(blanks, { level: 9 });
  const brotli = (): Buffer =>
    brotliCompressSync(Buffer.alloc(64 * MEBIBYTE, ' '), { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } });
  return () =>
    (made ??= [
      ['gzip', gzip()],
      ['br', brotli()],
      ['deflate', deflateSync(blanks)],
      ['x-gzip', BOMB_PART],
      ['identity, gzip', BOMB_PART],
      [MARKER, blanks.subarray(0, 10)],
    ]);
})();

/** A kind of body. Only operations that take one are sent it. */
const bodies = (name: string, make: (base: Base, bytes: Buffer) => Iterable<Omit<Draft, 'codes'>>): Kind => ({
  name: `body: ${name}`,
  make: function* ({ base }) {
    const bytes = bytesOf(base, base.body);
    if (bytes === null) return;
    for (const draft of make(base, bytes)) yield { ...draft, codes: CODES };
  },
});

const refused = (
  at: string,
  request: Draft['request'],
  verdict: Verdict = 'REFUSED',
): Omit<Draft, 'codes'> => ({
  at,
  request,
  verdict,
  because: 'the body is not what it says, or not whole',
});

const chunked = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const CHUNKED = { 'Content-Length': null, 'Transfer-Encoding': 'chunked' };

const isStructured = ({ operation }: Base): boolean =>
  isJson(operation) || operation.body?.type === 'application/x-www-form-urlencoded';

/** Kinds of bodies that are not what they say, or do not arrive whole. */
export const BODY_KINDS: readonly Kind[] = [
  bodies('half of it', function* (base, bytes) {
    if (!isJson(base.operation)) return;
    for (const at of [1, bytes.length >> 1, bytes.length - 1]) {
      yield refused(`${at} bytes`, requestOf(base, { bytes: bytes.subarray(0, at) }));
    }
  }),
  bodies('none of it', function* (base) {
    if (!isStructured(base)) return;
    yield refused('', requestOf(base, { bytes: Buffer.alloc(0) }));
    yield refused('', requestOf(base, { bytes: null, headers: { 'Content-Length': null } }));
  }),
  bodies('byte order mark', function* (base, bytes) {
    if (!isJson(base.operation)) return;
    yield refused('', requestOf(base, { bytes: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]) }));
  }),
  bodies('another charset than it says', function* (base, bytes) {
    if (!isJson(base.operation)) return;
    const text = bytes.toString();
    yield refused('utf-16le', requestOf(base, { bytes: Buffer.from(`\ufeff${text}`, 'utf16le') }));
    yield refused('utf-16be', requestOf(base, { bytes: Buffer.from(text, 'utf16le').swap16() }));
  }),
  bodies('encoded', function* (base) {
    for (const [encoding, bytes] of BOMBS()) {
      const request = requestOf(base, { bytes, headers: { 'Content-Encoding': encoding } });
      yield { ...refused(encoding, request, 'CLOSED'), code: 'CONTENT_TYPE_UNSUPPORTED' };
    }
  }),
  bodies('too large', function* (base) {
    if (!isStructured(base)) return;
    const bytes = Buffer.alloc(MEBIBYTE + 1, ' ');
    yield refused('Content-Length', requestOf(base, { bytes }), 'CLOSED');
    yield refused('chunked', requestOf(base, { bytes: chunked(bytes), headers: CHUNKED }), 'CLOSED');
  }),
  bodies('ends early', function* (base, bytes) {
    const headers = { 'Content-Length': String(bytes.length + 100) };
    yield refused('closed', requestOf(base, { bytes, headers, then: 'END' }), 'CLOSED');
    yield refused(
      'half, closed',
      requestOf(base, { bytes: bytes.subarray(0, bytes.length >> 1), headers, then: 'END' }),
      'CLOSED',
    );
  }),
  bodies('never ends', function* (base, bytes) {
    // A stream keeps a time of its own, which is longer than a test may wait.
    if (!isStructured(base)) return;
    yield refused(
      'stands still',
      requestOf(base, { headers: { 'Content-Length': String(bytes.length + 1) } }),
      'CLOSED',
    );
    yield refused(
      'trickles',
      requestOf(base, { bytes: chunked(bytes), headers: CHUNKED, then: 'TRICKLE' }),
      'CLOSED',
    );
  }),
  bodies('longer than it says', function* (base, bytes) {
    if (!isJson(base.operation)) return;
    for (const length of [0, 1, bytes.length - 1]) {
      yield refused(
        String(length),
        requestOf(base, { headers: { 'Content-Length': String(length) } }),
        'CLOSED',
      );
    }
  }),
  bodies('a length that is none', function* (base, bytes) {
    const two = {
      headers: { 'Content-Length': String(bytes.length) },
      more: [['Content-Length', '1']] as const,
    };
    for (const value of ['-1', '1.5', '0x10', MARKER, '99999999999999999999', '1e3']) {
      yield refused(value, requestOf(base, { headers: { 'Content-Length': value } }), 'CLOSED');
    }
    yield refused('two lengths', requestOf(base, two), 'CLOSED');
    yield refused(
      'length and chunks',
      requestOf(base, { bytes: chunked(bytes), headers: { 'Transfer-Encoding': 'chunked' } }),
      'CLOSED',
    );
    yield refused(
      'unknown transfer',
      requestOf(base, { headers: { 'Content-Length': null, 'Transfer-Encoding': MARKER } }),
      'CLOSED',
    );
  }),
  bodies('chunks that are none', function* (base, bytes) {
    for (const text of [`${MARKER}\r\n`, `-5\r\n${MARKER}`, 'ffffffffffffffffff\r\nx', `5\r\n${MARKER}`]) {
      const mangled = Buffer.concat([chunked(bytes), Buffer.from(text)]);
      yield refused(
        text.slice(0, 4),
        requestOf(base, { bytes: mangled, headers: CHUNKED, then: 'END' }),
        'CLOSED',
      );
    }
  }),
];

/** A body with some of its bits the other way round, or bytes that are anything. */
export const RANDOM_BODIES: Kind = {
  name: 'body: random bytes',
  make: function* ({ base, chance }) {
    const bytes = bytesOf(base, base.body);
    if (bytes === null || bytes.length === 0) return;
    const flipped = Buffer.from(bytes);
    const at = chance.of(fc.nat({ max: bytes.length - 1 }));
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << chance.of(fc.nat({ max: 7 }))), at);
    const because = 'it may still be readable';
    yield {
      at: 'a bit',
      request: requestOf(base, { bytes: flipped }),
      verdict: 'EITHER',
      because,
      codes: CODES,
    };
    const random = Buffer.from(chance.of(fc.uint8Array({ minLength: 1, maxLength: 200 })));
    yield {
      at: 'all of it',
      request: requestOf(base, { bytes: random }),
      verdict: 'EITHER',
      because,
      codes: CODES,
    };
  },
};

const whole = (name: string, make: (base: Base) => Iterable<Draft>): Kind => ({
  name: `request: ${name}`,
  make: ({ base }) => make(base),
});

/** Kinds of requests that are unusual as a whole. */
export const REQUEST_KINDS: readonly Kind[] = [
  whole('Expect', function* (base) {
    for (const value of ['100-continue', MARKER]) {
      const request = requestOf(base, { headers: { Expect: value } });
      yield { at: value, request, verdict: 'EITHER', because: 'it may be ignored', codes: CODES };
    }
  }),
  whole('very many headers', function* (base) {
    const more = (count: number) => Array.from({ length: count }, (_, at) => [`x-${at}`, MARKER] as const);
    const request = (count: number) => requestOf(base, { more: more(count) });
    yield { at: '500', request: request(500), verdict: 'EITHER', because: 'less than 16 KiB', codes: CODES };
    yield {
      at: '5000',
      request: request(5_000),
      verdict: 'CLOSED',
      because: 'heads end at 16 KiB',
      codes: CODES,
    };
  }),
  whole('headers that are none', function* (base) {
    for (const [name, value] of [
      ['x y', MARKER],
      ['', MARKER],
      ['x', `a\x00${MARKER}`],
      [`x\xe9`, MARKER],
    ] as const) {
      const request = requestOf(base, { more: [[name, value]] });
      yield { at: name, request, verdict: 'CLOSED', because: 'not a header', codes: CODES };
    }
  }),
  whole('another method', function* (base) {
    for (const method of ['PROPFIND', MARKER, 'TRACE']) {
      const request = { ...requestOf(base), method };
      yield {
        at: method,
        request,
        verdict: 'CLOSED',
        because: 'no such route',
        codes: ['ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED', ...CODES],
      };
    }
  }),
];
