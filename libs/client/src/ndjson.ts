const LF = '\n';

/** Yields the JSON values of a body of NDJSON as they come. Whoever stops listening closes the connection. */
export async function* readNdjson<Value>(body: ReadableStream<Uint8Array>): AsyncGenerator<Value> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let open = '';
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const lines = (open + decoder.decode(chunk.value, { stream: true })).split(LF);
      open = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * A body of NDJSON, written as it is sent where the platform's `fetch` can do that (Node; Chrome over HTTP/2), else
 * written whole first.
 */
export async function writeNdjson(values: AsyncGenerator): Promise<ReadableStream | Blob> {
  if (!canStream()) {
    const lines: string[] = [];
    for await (const value of values) lines.push(JSON.stringify(value) + LF);
    return new Blob(lines);
  }
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await values.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(JSON.stringify(next.value) + LF));
    },
    cancel: () => {
      // Not waited for: it would wait for a line that may never come.
      void values.return(undefined);
    },
  });
}

/** A `fetch` that cannot stream turns a stream into text, and says so by the type of that text. */
function canStream(): boolean {
  let asked = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex(): 'half' {
      asked = true;
      return 'half';
    },
  };
  return !new Request('https://personr.example', init).headers.has('content-type') && asked;
}
