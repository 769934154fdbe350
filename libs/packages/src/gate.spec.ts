import { ForbiddenValues } from './forbidden.js';
import { ConsumerGate, OPEN_GATE } from './gate.js';
import { type Finding, type PackedFile, Redactor } from './redactor.js';

const FORBIDDEN = new ForbiddenValues(['123-45-6789'], [{ kind: 'SSN', value: '123-45-6789' }]);
const PICTURE = { name: 'documents/a.png', mediaType: 'image/png' };

/** Finds what a test tells it to, and keeps what it was given. */
class Told extends Redactor {
  readonly searched: PackedFile[] = [];
  constructor(private readonly finds: (file: PackedFile) => readonly Finding[] = () => []) {
    super();
  }
  redact(): Promise<null> {
    return Promise.resolve(null);
  }
  search(file: PackedFile): Promise<readonly Finding[]> {
    this.searched.push(file);
    return Promise.resolve(this.finds(file));
  }
}

async function* pieces(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function drained(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of bytes) all.push(Buffer.from(piece));
  return Buffer.concat(all).toString();
}

describe('R-44: the gate of a package for a consumer', () => {
  it('lets all through as it is, and has every name, text and document searched', async () => {
    const redactor = new Told();
    const gate = new ConsumerGate(FORBIDDEN, redactor);
    expect(await drained(gate.document(PICTURE, pieces('pix', 'els')))).toBe('pixels');
    expect(await drained(gate.texts('data.json', ['{"a":', '1}']))).toBe('{"a":1}');
    await gate.end();
    const [picture, texts] = redactor.searched;
    expect(picture).toEqual({ ...PICTURE, bytes: Buffer.from('pixels') });
    expect(texts!.bytes.toString()).toContain('data.json\n{"a":1}');
  });

  it.each<Finding>([
    { kind: 'SSN', where: 'BARCODE' },
    { kind: 'ID_NUMBER', where: 'PICTURE' },
    { kind: 'UNSEARCHABLE', where: 'BYTES' },
  ])('lets no document end in which is found %j', async (finding) => {
    const gate = new ConsumerGate(FORBIDDEN, new Told(() => [finding]));
    const going = drained(gate.document(PICTURE, pieces('x')));
    await expect(going).rejects.toMatchObject({ code: 'FORBIDDEN_VALUE_IN_EXPORT' });
  });

  it('never ends when something is found in its texts, however they are cut', async () => {
    const packed = Buffer.from('number 123-45-6789').toString('base64');
    const redactor = new Told(({ bytes }) =>
      bytes.includes(packed) ? [{ kind: 'SSN', where: 'BYTES' }] : [],
    );
    const gate = new ConsumerGate(FORBIDDEN, redactor);
    const filler = 'x'.repeat(256 * 1024 - 30);
    const going = drained(gate.texts('data.csv', [filler, packed.slice(0, 9), packed.slice(9), 'end'])).then(
      () => gate.end(),
    );
    await expect(going).rejects.toMatchObject({ code: 'FORBIDDEN_VALUE_IN_EXPORT' });
  });

  it('lets nothing through whose texts have a value in them, before anybody is asked', async () => {
    const redactor = new Told();
    const gate = new ConsumerGate(FORBIDDEN, redactor);
    for (const going of [
      gate.texts('a', ['123 45', ' 6789']),
      gate.document(PICTURE, pieces('123-45-', '6789')),
    ])
      await expect(drained(going)).rejects.toMatchObject({ code: 'FORBIDDEN_VALUE_IN_EXPORT' });
    expect(redactor.searched).toEqual([]);
  });

  it('R-43: is open for the Business', async () => {
    expect(await drained(OPEN_GATE.texts('a', ['123-45-6789']))).toBe('123-45-6789');
    expect(await drained(OPEN_GATE.document(PICTURE, pieces('123-45-6789')))).toBe('123-45-6789');
    await OPEN_GATE.end();
  });
});
