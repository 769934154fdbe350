/** The name of an object: lower-case ids and digits with slashes between, from the widest to the narrowest. */
export type ObjectName = string;

/** Bytes of an object from `start` up to and with `end`, as HTTP counts them. */
export type ByteRange = { readonly start: number; readonly end: number };

/** Objects by the name that they begin with, but for those in `except`. */
export type ObjectSelection = {
  /** Ends with a slash, or is a whole name. */
  readonly prefix: string;
  readonly except?: ReadonlySet<ObjectName>;
  /**
   * Names under the prefix that a put may have left unfinished. Some S3 servers list unfinished uploads by whole
   * names only; what is named here is found there too.
   */
  readonly suspects?: readonly ObjectName[];
};

/**
 * A place for sealed bytes that are too many for a row. It cannot roll back, so whoever uses it writes down what it
 * is about to do. Every method may throw `SERVICE_UNAVAILABLE`: the store did not answer, call again.
 */
export abstract class ObjectStore {
  /** Which kind of store it is, for the operator. */
  abstract readonly kind: string;

  /**
   * Keeps the bytes under the name. They are seen whole or not at all, and survive a loss of power once this has
   * resolved. Takes from `body` no faster than it can write, and is done with a piece when it asks for the next one:
   * `body` may overwrite it then. When `body` throws, nothing is seen and the same error
   * is thrown; remains may be left, which `remove` finds.
   */
  abstract put(name: ObjectName, body: AsyncIterable<Uint8Array>): Promise<void>;

  /** Yields the bytes of the object, or of a part of it. Throws `OBJECT_MISSING` when there is none. */
  abstract get(name: ObjectName, range?: ByteRange): AsyncIterable<Uint8Array>;

  /**
   * Removes every version of every selected object, every marker of a removal and every part of an unfinished put,
   * and returns how many of those went. Safe to call again, and while a put of a selected object is under way: that
   * fails then, or its object is found by the next call.
   */
  abstract remove(selection: ObjectSelection): Promise<number>;

  /** Counts what `remove` would remove, reading afresh. */
  abstract remaining(selection: ObjectSelection): Promise<number>;

  /**
   * Yields, page by page, the name of everything that `remove` would remove under a prefix that ends with a slash, or of
   * everything there is when it is empty: one for each version, marker and part, in no order. Some S3 servers tell of
   * unfinished uploads by whole names only: those are not among them. Holds one page at a time.
   */
  abstract names(prefix: string): AsyncIterable<readonly ObjectName[]>;

  /** Resolves when the store can be written to. */
  abstract check(): Promise<void>;

  /** Ends connections. */
  abstract close(): void;
}
