/** Chunks that are needed to hear the sound. */
const HEARD = new Set(['fmt ', 'fact', 'data']);

/**
 * Takes everything out of a WAVE file but the sound itself: titles, names, devices, times, whatever was appended.
 * Undefined for what is no whole WAVE file.
 */
export function strippedWave(bytes: Buffer): Buffer | undefined {
  const kept = isWave(bytes) ? chunksOf(bytes)?.filter((chunk) => HEARD.has(nameOf(chunk))) : undefined;
  if (kept?.some((chunk) => nameOf(chunk) === 'data') !== true) return undefined;
  const body = Buffer.concat([Buffer.from('WAVE'), ...kept.map(evened)]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

const nameOf = (chunk: Buffer): string => chunk.toString('latin1', 0, 4);

const isWave = (bytes: Buffer): boolean =>
  bytes.length >= 12 && nameOf(bytes) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE';

/** The chunks within the file's own length; undefined when one does not end. */
function chunksOf(bytes: Buffer): Buffer[] | undefined {
  const end = 8 + bytes.readUInt32LE(4);
  const chunks: Buffer[] = [];
  if (end > bytes.length) return undefined;
  for (let at = 12; at + 8 <= end;) {
    const next = at + 8 + bytes.readUInt32LE(at + 4);
    if (next > end) return undefined;
    chunks.push(bytes.subarray(at, next));
    at = next + (next % 2);
  }
  return chunks;
}

/** Chunks begin at even places. */
const evened = (chunk: Buffer): Buffer =>
  chunk.length % 2 === 0 ? chunk : Buffer.concat([chunk, Buffer.alloc(1)]);
