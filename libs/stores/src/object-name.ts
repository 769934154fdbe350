import { type ObjectName } from './object-store.js';

const SHAPE = /^[0-9a-f][0-9a-f-]*(\/[0-9a-f][0-9a-f-]*)*\/?$/;

/** Throws unless the text is a name, or the beginning of one, that leads nowhere but below the store's own root. */
export function assertObjectName(name: ObjectName): void {
  if (!SHAPE.test(name)) throw new TypeError('the name of an object is made of ids with slashes between');
}

/** Throws unless the text is empty, or ends with a slash and is the beginning of a name. */
export function assertListed(prefix: string): void {
  if (prefix === '') return;
  assertObjectName(prefix);
  if (!prefix.endsWith('/')) throw new TypeError('names are listed under a prefix that ends with a slash');
}

/** Whether the selection means this object. An empty prefix means every one; only a listing has one. */
export const isMeant = (
  name: ObjectName,
  { prefix, except }: { prefix: string; except?: ReadonlySet<ObjectName> },
): boolean =>
  (prefix === '' || prefix.endsWith('/') ? name.startsWith(prefix) : name === prefix) &&
  except?.has(name) !== true;
