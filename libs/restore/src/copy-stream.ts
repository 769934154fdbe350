import { type Client } from 'pg';

/** What of a connection a COPY needs (PostgreSQL, "Frontend/Backend Protocol", COPY operations). */
type Wire = {
  readonly stream: NodeJS.ReadWriteStream & { readonly writableNeedDrain: boolean };
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
};

/** A statement as `pg` drives it: the messages of a COPY are handed to it one by one. */
abstract class Copy {
  private end!: { resolve: (rows: number) => void; reject: (error: Error) => void };
  private rows = 0;
  private failure: Error | null = null;
  /** The number of rows, when the server has said it is done. */
  readonly done = new Promise<number>((resolve, reject) => {
    this.end = { resolve, reject };
  });

  constructor(private readonly text: string) {
    // Whoever waits for it hears how it ended.
    this.done.catch(() => undefined);
  }

  submit(wire: Wire): void {
    wire.query(this.text);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(text.split(' ').at(-1));
  }

  /** The server's refusal, or the end of the connection: `pg` hands this statement nothing more after it. */
  handleError(error: Error): void {
    this.end.reject(this.failure ?? error);
  }

  /** What is reported instead of what the server is going to say. */
  protected failWith(error: unknown): void {
    this.failure = error instanceof Error ? error : new Error('failed');
  }

  handleReadyForQuery(): void {
    this.end.resolve(this.rows);
  }
}

/** Chunks that are on their way from the socket to a slower reader: beyond this the socket waits. */
const QUEUED_CHUNKS = 64;

class CopyOut extends Copy {
  private readonly queue: Uint8Array[] = [];
  private wire: Wire | undefined;
  private arrived: () => void = () => undefined;
  private isPaused = false;

  handleCopyData({ chunk }: { readonly chunk: Uint8Array }, wire: Wire): void {
    this.wire = wire;
    // What is handed over is a view of a buffer that the next piece from the socket may be read into.
    this.queue.push(Uint8Array.from(chunk));
    if (this.queue.length >= QUEUED_CHUNKS && !this.isPaused) {
      this.isPaused = true;
      wire.stream.pause();
    }
    this.arrived();
  }

  /** Yields what arrives until the statement has ended. */
  async *read(): AsyncIterable<Uint8Array> {
    const state = { isOver: false };
    const over = this.done.finally(() => {
      state.isOver = true;
      this.arrived();
    });
    over.catch(() => undefined);
    try {
      for (;;) {
        if (this.queue.length > 0) {
          const chunks = this.queue.splice(0);
          yield Buffer.concat(chunks);
          continue;
        }
        if (state.isOver) break;
        const next = new Promise<void>((resolve) => (this.arrived = resolve));
        this.goOn();
        await next;
      }
    } finally {
      // The end may have come with the piece at which the socket was told to wait; whatever is next on it would not come.
      this.goOn();
    }
    await over;
  }

  private goOn(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.wire?.stream.resume();
  }
}

class CopyIn extends Copy {
  constructor(
    text: string,
    private readonly source: AsyncIterable<Uint8Array>,
  ) {
    super(text);
  }

  handleCopyInResponse(wire: Wire): void {
    this.send(wire).then(
      () => {
        wire.endCopyFrom();
      },
      (error: unknown) => {
        this.failWith(error);
        wire.sendCopyFail('the source failed');
      },
    );
  }

  private async send(wire: Wire): Promise<void> {
    for await (const chunk of this.source) {
      wire.sendCopyFromChunk(chunk);
      if (wire.stream.writableNeedDrain)
        await new Promise<void>((resolve) => wire.stream.once('drain', resolve));
    }
  }
}

/** Runs `COPY ... TO STDOUT` and yields its bytes as they are taken; `rows` resolves with their number at the end. */
export function copyOut(
  client: Client,
  text: string,
): { bytes: AsyncIterable<Uint8Array>; rows: Promise<number> } {
  const copy = new CopyOut(text);
  client.query(copy as never);
  return { bytes: copy.read(), rows: copy.done };
}

/** Runs `COPY ... FROM STDIN` with these bytes. Returns the number of rows; throws what the source or the server does. */
export function copyIn(client: Client, text: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  const copy = new CopyIn(text, source);
  client.query(copy as never);
  return copy.done;
}
