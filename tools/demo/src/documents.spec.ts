import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type OnboardedTenant } from '@personr/ops';
import { inventPerson } from '@personr/specimens';
import { DocumentDesk } from './documents.js';

const TENANT = { clientId: 'client', clientSecret: 'secret' } as OnboardedTenant;

/** Keeps documents as they come and gives them back, or what a test has put in their place. */
describe('documents at the desk', () => {
  const kept = new Map<string, Buffer>();
  let server: Server;
  let desk: DocumentDesk;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    const body = await buffer(request);
    if (path === '/oauth/token') return void response.end('{"access_token":"token"}');
    if (request.method === 'POST') {
      const id = String(kept.size);
      kept.set(id, body);
      return void response.writeHead(201).end(JSON.stringify({ id }));
    }
    const bytes = kept.get(path.split('/').at(-1) ?? '');
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  }

  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    desk = new DocumentDesk(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, TENANT);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are told apart when one byte changed, and when one is gone', async () => {
    const { count } = await desk.handIn('someone', inventPerson('demo', 0));
    expect(count).toBe(desk.countOf('someone'));
    expect(await desk.compare('someone')).toEqual({ count, intact: count, gone: 0 });
    const [first, second] = kept.keys();
    kept.get(first!)![1000]! ^= 1;
    expect(await desk.compare('someone')).toEqual({ count, intact: count - 1, gone: 0 });
    kept.delete(second!);
    expect(await desk.compare('someone')).toEqual({ count, intact: count - 2, gone: 1 });
  });

  it('are none of somebody who handed nothing in', async () => {
    expect(await desk.compare('nobody')).toEqual({ count: 0, intact: 0, gone: 0 });
  });
});
