/** A line as it was sent, without its end; null when it was too long. Numbered from 1, blank lines counted. */
export type RawLine = { readonly number: number; readonly bytes: Buffer | null };

const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LEAST_BYTES = 16 * 1024;

/**
 * Cuts bytes into lines (LF or CRLF; the last may have no end). Blank lines are counted and left out, and so is a
 * byte order mark at the very beginning. Never holds more than one line of the longest size: what goes on beyond
 * that is passed over to its end.
 */
export class LineSplitter {
  private number = 1;
  private held: Buffer = Buffer.allocUnsafe(LEAST_BYTES);
  /** How many bytes the open line has so far; more than are held once it is too long. */
  private size = 0;

  constructor(private readonly longest: number) {}

  /** The lines that end in this chunk. They are good until they are parsed: most are part of the chunk. */
  take(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.close(lines, chunk.subarray(from, end));
      from = end + 1;
    }
    this.hold(chunk.subarray(from));
    return lines;
  }

  /** The last line, when it has no end. */
  end(): RawLine[] {
    const lines: RawLine[] = [];
    if (this.size > 0) this.close(lines, Buffer.alloc(0));
    return lines;
  }

  private close(lines: RawLine[], rest: Buffer): void {
    const bytes = this.trimmed(rest);
    const isTooLong = bytes === null || bytes.length > this.longest;
    if (isTooLong || !isBlank(bytes)) lines.push({ number: this.number, bytes: isTooLong ? null : bytes });
    this.number += 1;
    this.size = 0;
  }

  /** The whole of the open line without CR and byte order mark, or null when it has not been held. */
  private trimmed(rest: Buffer): Buffer | null {
    const bytes = this.size === 0 ? rest : this.heldWith(rest);
    if (bytes === null) return null;
    const isMarked = this.number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
    return bytes.subarray(isMarked ? 3 : 0, bytes.at(-1) === CR ? -1 : undefined);
  }

  private heldWith(rest: Buffer): Buffer | null {
    this.hold(rest);
    return this.size > this.most ? null : Buffer.from(this.held.subarray(0, this.size));
  }

  private hold(piece: Buffer): void {
    const size = this.size + piece.length;
    if (size <= this.most) {
      if (size > this.held.length) this.grow(size);
      piece.copy(this.held, this.size);
    }
    this.size = size;
  }

  private grow(size: number): void {
    const held = Buffer.allocUnsafe(Math.min(Math.max(size, this.held.length * 2), this.most));
    this.held.copy(held, 0, 0, this.size);
    this.held = held;
  }

  /** What a line may bring along besides its content: a CR and a byte order mark. */
  private get most(): number {
    return this.longest + BYTE_ORDER_MARK.length + 1;
  }
}

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === SPACE || byte === TAB || byte === CR);
