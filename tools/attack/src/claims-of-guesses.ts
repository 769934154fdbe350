import { type Claim } from './claim.js';
import { guessAll, type Guessed } from './guess.js';
import { type Loot, type Tag } from './loot.js';
import { isErasedThing, keysAt, peopleOf, sum, tagsOf } from './loot-views.js';
import { openThings } from './open-things.js';
import { type Person } from './person.js';
import { type Got } from './unwrap.js';

/** No right guess can be confirmed any more, once that is said. */
export const guessesFail: Claim = {
  name: 'guesses-fail',
  says: 'once it is said that no guess can be confirmed, no right guess is, in any copy, by any living key',
  judge: (loot) => {
    const problems: string[] = [];
    let [tries, people] = [0, 0];
    for (const instant of ['soon', 'late'] as const) {
      const unguessable = peopleOf(loot, loot.living[instant].unguessable);
      const guessed = guessEach(loot, keysAt(loot, [instant]).keys, unguessable);
      people += unguessable.length;
      tries += guessed.tries;
      for (const [kind, count] of guessed.confirmed) {
        if (count > 0) problems.push(`${count} guesses were confirmed by values of ${kind}, ${instant}`);
      }
    }
    const waiting = loot.facts.orders.size - loot.living.late.unguessable.size;
    if (waiting > 0)
      problems.push(`of ${waiting} erasures it is not said in time that no guess can be confirmed`);
    return { tried: `${tries} pairs of a right guess about ${people} people and a keyed hash`, problems };
  },
};

/** What fails with the keys that live succeeds with those that lived before. */
export const notBlind: Claim = {
  name: 'the-attack-is-not-blind',
  says: "with yesterday's keyring the same attack reads everything that was erased, and confirms the guesses",
  judge: (loot) => {
    const { keys } = keysAt(loot, ['before']);
    const old = loot.rows[0]?.things.filter((thing) => isErasedThing(loot, thing)) ?? [];
    const opened = openThings(keys, old).things;
    const erased = peopleOf(loot, new Set(loot.facts.orders.keys()));
    const { confirmed } = guessEach(loot, [...keys, ...keysAt(loot, ['after']).keys], erased);
    const unconfirmed = [...confirmed].filter(([, count]) => count === 0);
    return {
      tried: `${opened.size} of ${old.length} erased values opened; guesses confirmed: ${[...confirmed].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
      problems: [
        ...old
          .filter((thing) => !opened.has(thing))
          .map(({ kind }) => `a ${kind} stays closed with its own keys`),
        ...unconfirmed.map(([kind]) => `no guess is confirmed by ${kind} even with its own keys`),
        ...(old.length === 0 ? ['nothing was erased'] : []),
      ],
    };
  },
};

/** Guesses about these people, with the keys and the hashes of the Business that knows them. */
function guessEach(loot: Loot, keys: readonly Got[], people: readonly Person[]): Guessed {
  const tags = tagsOf(loot);
  const each = loot.facts.businesses.map((business) => {
    const { tenantId } = business.door.tenant;
    const isOwn = (one: { readonly tenantId: string }): boolean => one.tenantId === tenantId;
    const own = business.people.map(({ person }) => person).filter((person) => people.includes(person));
    return guessAll(keys.filter(isOwn), tags.filter(isOwn), own);
  });
  const kinds: Tag['kind'][] = ['index', 'suppression', 'idempotency'];
  return {
    tries: sum(each.map(({ tries }) => tries)),
    confirmed: new Map(
      kinds.map((kind) => [kind, sum(each.map(({ confirmed }) => confirmed.get(kind) ?? 0))]),
    ),
  };
}
