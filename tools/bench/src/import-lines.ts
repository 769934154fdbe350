import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';

/** What came of an import. */
export type Imported = { readonly created: number; readonly refused: number };

/**
 * Sends lines as one import over a connection of its own, reading while it sends. Throws unless every line is
 * answered and the stream is complete.
 */
export async function importLines(
  { apiUrl, token }: { readonly apiUrl: string; readonly token: string },
  lines: Iterable<string>,
): Promise<Imported> {
  const request = httpRequest(`${apiUrl}/v1/subjects/import`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
  });
  const sending = send(request, lines);
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }];
  if (response.statusCode !== 200) throw new Error(`the import was answered ${String(response.statusCode)}`);
  let last = '';
  for await (const line of createInterface({ input: response })) last = line;
  await sending;
  const { summary } = JSON.parse(last) as { summary?: Imported & { complete: boolean } };
  if (summary?.complete !== true) throw new Error(`the import ended early: ${last}`);
  return summary;
}

async function send(request: NodeJS.WritableStream, lines: Iterable<string>): Promise<void> {
  for (const line of lines) if (!request.write(line)) await once(request, 'drain');
  request.end();
}
