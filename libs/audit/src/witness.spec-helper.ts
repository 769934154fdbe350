import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  cosignatureLine,
  type NoteVerifier,
  openCheckpoint,
  parseAddCheckpoint,
  parseWitnessVkey,
  SIZE_TYPE,
  verifyConsistency,
} from '@personr/proof';
import { aCosigner } from '@personr/proof/testing';
import { type WitnessAddress } from './witness-address.js';

/** What a witness of these specs does. */
export type Mood = 'SOUND' | 'AWAY' | 'HANGS' | 'ANOTHER_KEY' | 'BABBLES';

type Reply = { readonly status: number; readonly type?: string; readonly body?: string };

/** A witness as C2SP tlog-witness has it, in memory. `verifiers` are the keys of the logs that it knows. */
export class TestWitness {
  mood: Mood = 'SOUND';
  asked = 0;
  readonly vkey: string;
  private readonly seen = new Map<string, { size: number; root: Uint8Array }>();
  private readonly server: Server;

  private constructor(
    private readonly byte: number,
    private readonly verifiers: () => readonly NoteVerifier[],
  ) {
    this.vkey = aCosigner(byte).vkey;
    this.server = createServer((request, response) => {
      this.asked += 1;
      if (this.mood === 'HANGS') return;
      void text(request).then((body) => {
        const { status, type = 'text/plain', body: answer = '' } = this.answer(body);
        response.writeHead(status, { 'content-type': type }).end(answer);
      });
    });
  }

  static start(byte: number, verifiers: () => readonly NoteVerifier[]): Promise<TestWitness> {
    const witness = new TestWitness(byte, verifiers);
    return new Promise((resolve) => {
      witness.server.listen(0, '127.0.0.1', () => {
        resolve(witness);
      });
    });
  }

  get address(): WitnessAddress {
    const { port } = this.server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/w`, witness: parseWitnessVkey(this.vkey) };
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private answer(body: string): Reply {
    if (this.mood === 'AWAY') return { status: 503 };
    if (this.mood === 'BABBLES') return { status: 200, body: 'x'.repeat(100_000) };
    const { oldSize, path, checkpoint } = parseAddCheckpoint(body);
    const { origin, size, root } = openCheckpoint(checkpoint, this.verifiers());
    const last = this.seen.get(origin) ?? { size: 0, root };
    if (oldSize !== last.size) return { status: 409, type: SIZE_TYPE, body: `${last.size}\n` };
    if (oldSize > 0) verifyConsistency({ oldSize, newSize: size, path }, last.root, root);
    this.seen.set(origin, { size, root });
    const signer = aCosigner(
      this.mood === 'ANOTHER_KEY' ? this.byte + 100 : this.byte,
      `witness.example/w${this.byte}`,
    );
    return {
      status: 200,
      body: cosignatureLine(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1), signer, 1_795_000_000),
    };
  }
}
