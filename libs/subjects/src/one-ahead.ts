/** Ends nothing: what comes after an item is asked for whatever the item is. */
const never = (): boolean => false;

/**
 * Passes items on, and asks for the next while whoever listens is busy with this one: two are under way, never more.
 * Nothing is asked for after an item that is the last. An error of the source comes in its place, after the items
 * before it. Whoever stops listening waits for nothing: the source ends once it has made what it is at.
 */
export async function* oneAhead<Item>(
  source: AsyncIterable<Item>,
  isLast: (item: Item) => boolean = never,
): AsyncIterable<Item> {
  const items = source[Symbol.asyncIterator]();
  try {
    let coming = ask(items);
    for (;;) {
      const { done, value } = await coming;
      if (done === true) return;
      if (isLast(value)) {
        yield value;
        return;
      }
      coming = ask(items);
      yield value;
    }
  } finally {
    items.return?.().catch(ignored);
  }
}

/** Asks for the next item. That nobody may ever look at the answer is no error of the process. */
function ask<Item>(items: AsyncIterator<Item>): Promise<IteratorResult<Item, undefined>> {
  const coming = items.next();
  coming.catch(ignored);
  return coming;
}

const ignored = (): void => undefined;
