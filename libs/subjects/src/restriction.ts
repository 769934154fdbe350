import { DomainError } from '@personr/kernel';
import { type ElementCode, isExceptionGround } from '@personr/law';
import { type Scope } from '@personr/stores';
import { type Held, heldBy, type Hold, type HoldId } from './hold.js';

/** A hold because of which an erasure left something standing: these elements, or everything when none are named. */
export type Restricting = Pick<Hold, 'id' | 'ground' | 'endedAt'> & {
  readonly restricts: readonly ElementCode[];
};

/** What may be read: a part of a subject, and the holds on whose ground. */
export type Readable = Pick<Scope, 'elements' | 'except'> & { readonly holds: readonly HoldId[] };

/**
 * What of a subject may be read for a purpose (R-78, Reg. 7022(c)(2), (f)(3)), of the elements that are named or of all.
 * What an erasure left standing because of a hold is used for the ground of that hold alone: the purpose is then the
 * ground's name, and what is read is what its active holds keep. For any other purpose the rest is. Throws
 * `RESTRICTED_BY_HOLD` when that is none of it or something else is named, `PURPOSE_NOT_PERMITTED` for a ground on which
 * nothing is kept.
 */
export const readableFor = (
  purpose: string,
  elements: readonly ElementCode[] | undefined,
  holds: readonly Restricting[],
): Readable =>
  isExceptionGround(purpose) ? onGround(purpose, elements, holds) : onNoGround(elements, holds);

/** What holds keep from being read for any other purpose. */
export const restrictedBy = (holds: readonly Restricting[]): Held =>
  heldBy(holds.map(({ restricts }) => ({ elements: restricts })));

function onGround(
  ground: string,
  elements: readonly ElementCode[] | undefined,
  holds: readonly Restricting[],
): Readable {
  const own = holds.filter((hold) => hold.ground === ground && hold.endedAt === null);
  if (own.length === 0) {
    throw new DomainError(
      'PURPOSE_NOT_PERMITTED',
      'No hold on this ground keeps anything of this subject from an erasure.',
    );
  }
  const kept = restrictedBy(own);
  if (!kept.everything && elements?.every((element) => kept.elements.includes(element)) === false)
    throw restricted('On this ground only what a hold on it keeps is read.');
  const wanted = elements ?? (kept.everything ? undefined : kept.elements);
  return { ...(wanted === undefined ? {} : { elements: wanted }), holds: own.map(({ id }) => id) };
}

function onNoGround(elements: readonly ElementCode[] | undefined, holds: readonly Restricting[]): Readable {
  const kept = restrictedBy(holds);
  if (kept.everything || elements?.some((element) => kept.elements.includes(element)) === true)
    throw onlyForGround();
  if (elements !== undefined) return { elements, holds: [] };
  return { ...(kept.elements.length === 0 ? {} : { except: kept.elements }), holds: [] };
}

/** What is said of a read that finds nothing but what a hold keeps. */
export const onlyForGround = (): DomainError =>
  restricted('This was kept from an erasure by a hold. It is read for the ground of the hold alone.');

const restricted = (sentence: string): DomainError => new DomainError('RESTRICTED_BY_HOLD', sentence);
