/** A piece of a stream: as large as all others unless it is the last. */
export type Chunk = { readonly bytes: Uint8Array; readonly isLast: boolean };

const FIRST_BYTES = 64 * 1024;

/**
 * Gathers a stream in chunks of `chunkBytes`; the last is what is left, and is empty only when the whole stream is.
 * A chunk stays as it is while the next one is gathered, and is overwritten with the one after that; both with zeros at
 * the end.
 */
export async function* inChunks(
  stream: AsyncIterable<Uint8Array>,
  { chunkBytes, expectedBytes = FIRST_BYTES }: { chunkBytes: number; expectedBytes?: number },
): AsyncIterable<Chunk> {
  const gathered = new Gathered(chunkBytes, expectedBytes);
  try {
    for await (const piece of stream) yield* gathered.fill(piece);
    yield { bytes: gathered.bytes, isLast: true };
  } finally {
    gathered.erase();
  }
}

/** Two buffers in turn, of which the first grows to `chunkBytes` as it is filled. */
class Gathered {
  private buffer: Uint8Array;
  private other: Uint8Array | undefined;
  private length = 0;

  constructor(
    private readonly chunkBytes: number,
    expectedBytes: number,
  ) {
    this.buffer = new Uint8Array(Math.min(Math.max(expectedBytes, 1), chunkBytes));
  }

  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** Takes a piece in. What is full is yielded once there is more, because only then it is known not to be the last. */
  *fill(piece: Uint8Array): Generator<Chunk> {
    for (let at = 0; at < piece.length;) {
      if (this.length === this.chunkBytes) {
        yield { bytes: this.bytes, isLast: false };
        this.turn();
      }
      at += this.add(piece.subarray(at));
    }
  }

  erase(): void {
    this.buffer.fill(0);
    this.other?.fill(0);
  }

  /** Goes on in the other buffer. */
  private turn(): void {
    const next = this.other ?? new Uint8Array(this.chunkBytes);
    this.other = this.buffer;
    this.buffer = next;
    this.length = 0;
  }

  /** Takes as much as there is room for, and says how much that was. */
  private add(piece: Uint8Array): number {
    const taken = piece.subarray(0, this.chunkBytes - this.length);
    this.makeRoom(this.length + taken.length);
    this.buffer.set(taken, this.length);
    this.length += taken.length;
    return taken.length;
  }

  private makeRoom(needed: number): void {
    if (needed <= this.buffer.length) return;
    const wider = new Uint8Array(Math.min(Math.max(needed, 2 * this.buffer.length), this.chunkBytes));
    wider.set(this.buffer);
    this.buffer.fill(0);
    this.buffer = wider;
  }
}
