/** What this encoder writes. A `Map` keeps keys that are numbers; a plain object has text for keys. */
export type Cbor =
  number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<Cbor, Cbor> | { readonly [key: string]: Cbor };

const HEAD = { unsigned: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6 } as const;

/** Encodes whole numbers below 2^32 in size, text, bytes, lists and maps (RFC 8949), in the order they come. */
export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head('negative', -1 - value) : head('unsigned', value);
  if (typeof value === 'string') return sized('text', Buffer.from(value));
  if (value instanceof Uint8Array) return sized('bytes', value);
  if (Array.isArray(value)) {
    const items = value as readonly Cbor[];
    return Buffer.concat([head('list', items.length), ...items.map(encodeCbor)]);
  }
  const entries = value instanceof Map ? [...(value as Map<Cbor, Cbor>)] : Object.entries(value);
  return Buffer.concat([
    head('map', entries.length),
    ...entries.flatMap(([key, member]: readonly [Cbor, Cbor]) => [encodeCbor(key), encodeCbor(member)]),
  ]);
}

/** The value under a tag. */
export const tagged = (tag: number, value: Cbor): Buffer =>
  Buffer.concat([head('tag', tag), encodeCbor(value)]);

const sized = (kind: 'text' | 'bytes', bytes: Uint8Array): Buffer =>
  Buffer.concat([head(kind, bytes.length), bytes]);

function head(kind: keyof typeof HEAD, count: number): Buffer {
  const major = HEAD[kind] << 5;
  if (count < 24) return Buffer.of(major | count);
  if (count < 0x100) return Buffer.of(major | 24, count);
  const wide = count >= 0x10000;
  const bytes = Buffer.alloc(wide ? 5 : 3);
  bytes.writeUInt8(major | (wide ? 26 : 25));
  if (wide) bytes.writeUInt32BE(count, 1);
  else bytes.writeUInt16BE(count, 1);
  return bytes;
}
