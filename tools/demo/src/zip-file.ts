import { inflateRawSync } from 'node:zlib';

// APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
const END = 0x06054b50;
const LISTED = 0x02014b50;

/** The names of the files in a zip of less than 4 GiB, and each file by its name. Throws for what is no zip. */
export function filesIn(zip: Buffer): ReadonlyMap<string, () => Buffer> {
  const end = zip.lastIndexOf(numberOf(END));
  if (end < 0) throw new Error('What was taken is no zip.');
  const files = new Map<string, () => Buffer>();
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === LISTED) {
    const [name, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place));
    const entry = at;
    files.set(zip.toString('utf8', at + 46, at + 46 + (name ?? 0)), () => fileAt(zip, entry));
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return files;
}

function fileAt(zip: Buffer, entry: number): Buffer {
  const isPacked = zip.readUInt16LE(entry + 10) === 8;
  const local = zip.readUInt32LE(entry + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  return isPacked ? inflateRawSync(bytes) : bytes;
}

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
