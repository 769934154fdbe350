import { TOKEN_PROBLEMS } from '../problem/problem.dto.js';

const TEXT = { 'text/plain': { schema: { type: 'string' as const } } };
const BYTES = {
  'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } },
};
const TAG = {
  ETag: { description: 'Of the bytes.', schema: { type: 'string' as const, example: '"iWQvAKu5tcA"' } },
};
const IF_NONE_MATCH = {
  name: 'If-None-Match',
  required: false,
  description: 'An `ETag` that you hold: answered 304 without a body while it is that of the bytes.',
  schema: { type: 'string' as const },
};

/** The contract of the log's files. */
export const LOG_FILES = {
  checkpoint: { status: 200, description: 'A signed note (C2SP tlog-checkpoint).', content: TEXT },
  file: { status: 200, description: 'The bytes.', content: BYTES, headers: TAG },
  unchanged: { status: 304, description: 'You hold these bytes already.', headers: TAG },
  ifNoneMatch: IF_NONE_MATCH,
  problems: [...TOKEN_PROBLEMS, 'EVIDENCE_NOT_FOUND', 'ENTRIES_PRUNED'] as const,
} as const;

/** What `{path}` is. A program that escapes its slashes is understood too. */
export const TILE_PATH = {
  name: 'path',
  description:
    'Level and index as C2SP tlog-tiles writes them, with slashes: `0/x001/067`, or `0/x001/067.p/3` for the first 3 hashes.',
  schema: { type: 'string' as const, example: '0/000.p/1' },
};

/** The same, of a bundle. */
export const BUNDLE_PATH = {
  name: 'path',
  description:
    'The index as C2SP tlog-tiles writes it, with slashes: `x001/067`, or `x001/067.p/3` for the first 3 entries.',
  schema: { type: 'string' as const, example: '000.p/1' },
};
