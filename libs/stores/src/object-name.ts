import { type ObjectName } from './object-store.js';

const SHAPE = /^[0-9a-f][0-9a-f-]*(\/[0-9a-f][0-9a-f-]*)*\/?$/;

/** Throws unless the text is a name, or the beginning of one, that leads nowhere but below the store's own root. */
export function assertObjectName(name: ObjectName): void {
  if (!SHAPE.test(name)) throw new TypeError('the name of an object is made of ids with slashes between');
}

/** Whether the selection means this object. */
export const isMeant = (
  name: ObjectName,
  { prefix, except }: { prefix: string; except?: ReadonlySet<ObjectName> },
): boolean =>
  (prefix.endsWith('/') ? name.startsWith(prefix) : name === prefix) && except?.has(name) !== true;
