type Event<Item, Result> =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'over'; readonly failure?: { readonly error: unknown } };

/**
 * Acts on what comes, on up to `most` at once, and yields what came of each in the order of their coming, as soon
 * as it is there. Takes nothing more from the source while nobody takes what came of it. When the source fails,
 * what came of everything before is yielded first; then its error is thrown. `act` must not fail.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  act: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const running: Promise<Event<Item, Result>>[] = [];
  let coming: Promise<Event<Item, Result>> | undefined = nextOf(source);
  let over: Extract<Event<Item, Result>, { kind: 'over' }> | undefined;
  try {
    while (coming !== undefined || running.length > 0) {
      const event = await Promise.race(waitedFor(coming, running, most));
      if (event.kind === 'result') {
        void running.shift();
        yield event.result;
      } else if (event.kind === 'item') {
        running.push(act(event.item).then((result) => ({ kind: 'result', result })));
        coming = nextOf(source);
      } else {
        over = event;
        coming = undefined;
      }
    }
  } finally {
    // Whoever stops listening does not stop what has begun.
    await Promise.all(running);
  }
  if (over?.failure !== undefined) throw over.failure.error;
}

/** The oldest result, and another item as long as there is room for it. */
const waitedFor = <E>(coming: Promise<E> | undefined, running: readonly Promise<E>[], most: number) => [
  ...running.slice(0, 1),
  ...(coming !== undefined && running.length < most ? [coming] : []),
];

const nextOf = <Item, Result>(source: AsyncIterator<Item>): Promise<Event<Item, Result>> =>
  source.next().then(
    (next) => (next.done === true ? { kind: 'over' } : { kind: 'item', item: next.value }),
    (error: unknown) => ({ kind: 'over', failure: { error } }),
  );
