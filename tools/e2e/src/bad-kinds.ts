import { BODY_KINDS, RANDOM_BODIES, REQUEST_KINDS } from './bad-bodies.js';
import { type Case, type Kind, type Maker } from './bad-case.js';
import { HEADER_KINDS } from './bad-headers.js';
import { LINE_KINDS } from './bad-lines.js';
import { MEMBER_KINDS } from './bad-members.js';
import { PATH_KINDS, QUERY_KINDS } from './bad-parameters.js';
import { SPELLING_KINDS } from './bad-spellings.js';

/** Every kind of wrongness there is. */
export const KINDS: readonly Kind[] = [
  ...MEMBER_KINDS,
  ...SPELLING_KINDS,
  ...PATH_KINDS,
  ...QUERY_KINDS,
  ...HEADER_KINDS,
  ...BODY_KINDS,
  RANDOM_BODIES,
  ...LINE_KINDS,
  ...REQUEST_KINDS,
];

/** All cases of one kind that one good request gives. */
export const casesOf = (maker: Maker, { name, make }: Kind): Case[] =>
  [...make(maker)].map((draft) => ({ ...draft, operation: maker.base.operation, kind: name }));
