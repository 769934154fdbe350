import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redactor, USUAL_BOUNDS } from '@personr/redaction';
import { MaskDocuments } from './mask-documents.js';

const PICTURE = { element: 'SELFIE', mediaType: 'image/PNG; q=1', sizeBytes: 3, forbidden: [] } as const;
const FILE = { name: 'documents/a.png', mediaType: 'image/png', bytes: Buffer.alloc(1) };

async function* bytes(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from('abc'));
}

/** A process that does with each order what the program says. */
const childThat = (program: string): string => `
  process.on('message', (order) => { ${program} });
  process.on('disconnect', () => process.exit());
  process.send({ said: 'READY' });
`;

describe('R-44, R-45: documents for a consumer, when the process that looks into them', () => {
  let directory: string;
  let examiner: Redactor;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'personr-mask-'));
  });
  afterEach(async () => {
    await examiner.close();
    rmSync(directory, { recursive: true });
  });

  const mask = (program: string, mostSeconds = 20): MaskDocuments => {
    const childFile = join(directory, 'child.mjs');
    writeFileSync(childFile, childThat(program));
    examiner = new Redactor({ ...USUAL_BOUNDS, mostSeconds, childFile });
    return new MaskDocuments(examiner);
  };
  const GIVES = `process.send(order.act === 'REDACT'
    ? { said: 'REDACTED', redaction: { outcome: 'GIVEN', bytes: order.bytes.reverse(), covered: 0 } }
    : { said: 'SEARCHED', findings: [] });`;

  it('answers, are what it says', async () => {
    const redacted = await mask(GIVES).redact({ ...PICTURE, bytes });
    expect(redacted!.mediaType).toBe('image/png');
    const pieces: Uint8Array[] = [];
    for await (const piece of redacted!.bytes) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('cba');
  });

  it('dies, are withheld, and what cannot be searched is a finding', async () => {
    const dying = mask('process.exit(9);');
    expect(await dying.redact({ ...PICTURE, bytes })).toBeNull();
    expect(await dying.search(FILE, [])).toEqual([{ kind: 'UNSEARCHABLE', where: 'BYTES' }]);
  });

  it('hangs, are withheld, and what cannot be searched is a finding', async () => {
    const hanging = mask('', 1);
    expect(await hanging.redact({ ...PICTURE, bytes })).toBeNull();
    expect(await hanging.search(FILE, [])).toEqual([{ kind: 'UNSEARCHABLE', where: 'BYTES' }]);
  });

  it('is killed by accident, are looked into once more by another', async () => {
    const killed = mask(`if (order.bytes.length === 3) process.kill(process.pid, 'SIGKILL'); ${GIVES}`);
    let asked = 0;
    const longer = async function* (): AsyncIterable<Uint8Array> {
      asked += 1;
      yield await Promise.resolve(Buffer.alloc(asked === 1 ? 3 : 4));
    };
    expect(await killed.redact({ ...PICTURE, bytes: longer })).not.toBeNull();
    expect(asked).toBe(2);
  });

  it('does not start, wait: nothing is said of them', async () => {
    const childFile = join(directory, 'child.mjs');
    writeFileSync(childFile, 'process.exit(1);');
    examiner = new Redactor({ ...USUAL_BOUNDS, childFile });
    const waiting = new MaskDocuments(examiner);
    await expect(waiting.redact({ ...PICTURE, bytes })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await expect(waiting.search(FILE, [])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('is not needed for what is too large: that is withheld unread', async () => {
    const unread = (): AsyncIterable<Uint8Array> => {
      throw new Error('was read');
    };
    const large = { ...PICTURE, sizeBytes: USUAL_BOUNDS.mostBytes + 1, bytes: unread };
    expect(await mask(GIVES).redact(large)).toBeNull();
  });

  it('R-53: finds a document that is broken, refuse with what reading it says', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a source that breaks
    const broken = async function* (): AsyncIterable<Uint8Array> {
      throw new Error('the seal is broken');
    };
    await expect(mask(GIVES).redact({ ...PICTURE, bytes: broken })).rejects.toThrow('the seal is broken');
  });
});
