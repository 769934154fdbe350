import { createHash, randomBytes } from 'node:crypto';
import { type Carrier, type Parcel } from './carrier.js';
import { type DeliveryOptions } from './delivery.options.js';
import { dispatch } from './dispatch.js';

/** An endpoint of a spec's own: the way to it, and what is seen there. */
export type TestEndpoint = {
  readonly carrier: Carrier;
  readonly options: DeliveryOptions;
  /** The bytes under the name; null when nothing is seen. */
  read(name: string): Promise<Buffer | null>;
  /** Everything that rests there, unfinished things too. */
  names(): Promise<string[]>;
  close(): Promise<void>;
};

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A parcel of these bytes, given out in pieces. */
export const aParcel = (name: string, bytes: Buffer, pieceBytes = 100_000): Parcel => ({
  name,
  open: async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      // As a source that overwrites its piece once the next is asked for.
      const piece = Buffer.from(bytes.subarray(at, at + pieceBytes));
      yield await Promise.resolve(piece);
      piece.fill(0);
    }
  },
});

/** A parcel of zeros as large as one likes. */
export const aLargeParcel = (name: string, mebibytes: number): Parcel => ({
  name,
  size: mebibytes * 1024 * 1024,
  open: async function* () {
    const piece = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < mebibytes; at += 1) yield await Promise.resolve(piece);
  },
});

/** A parcel that breaks off on our side. */
export const aBrokenParcel = (name: string, mebibytes: number): Parcel => ({
  name,
  size: (mebibytes + 1) * 1024 * 1024,
  open: async function* () {
    yield* aLargeParcel(name, mebibytes).open();
    throw new Error('the store is away');
  },
});

/** What every carrier promises. `make` gives a new, empty endpoint. */
export function describeCarrier(name: string, make: () => Promise<TestEndpoint>): void {
  describe(`a delivery, ${name}`, () => {
    let endpoint: TestEndpoint;

    beforeEach(async () => {
      endpoint = await make();
    });

    afterEach(() => endpoint.close());

    const send = (parcel: Parcel & { encryptTo?: string }) =>
      dispatch(endpoint.carrier, parcel, endpoint.options);

    it.each([
      ['a few bytes', 10],
      ['just a piece', 65_536],
      ['more than one part of a bucket', 20 * 1024 * 1024 + 3],
    ])('R-51: brings all of %s, and says what they were', async (_, size) => {
      const bytes = randomBytes(size);
      const sent = await send(aParcel('package.zip', bytes));
      expect(sent).toEqual({ bytes: size, sha256: sha256(bytes) });
      expect((await endpoint.read('package.zip'))?.equals(bytes)).toBe(true);
    });

    it('R-55: leaves one when it is made twice, and the last when it is another', async () => {
      const [first, second] = [randomBytes(100_000), randomBytes(90_000)];
      await send(aParcel('package.zip', first));
      await send(aParcel('package.zip', first));
      expect(await endpoint.names()).toEqual(['package.zip']);
      await send(aParcel('package.zip', second));
      expect(await endpoint.names()).toEqual(['package.zip']);
      expect((await endpoint.read('package.zip'))?.equals(second)).toBe(true);
    });

    it('R-57: shows nothing of what broke off on our side, which is told as it is, and begins anew', async () => {
      const broken = aBrokenParcel('package.zip', 18);
      await expect(send(broken)).rejects.toThrow('the store is away');
      expect(await endpoint.read('package.zip')).toBeNull();
      const bytes = randomBytes(100_000);
      expect(await send(aParcel('package.zip', bytes))).toMatchObject({ bytes: 100_000 });
      expect(await endpoint.names()).toEqual(['package.zip']);
    });

    it('goes nowhere but to the open internet, unless an operator says otherwise', async () => {
      const bytes = randomBytes(10);
      const closed = { ...endpoint.options, networks: [] };
      expect(await dispatch(endpoint.carrier, aParcel('package.zip', bytes), closed)).toEqual({
        reason: 'UNREACHABLE',
      });
      expect(await endpoint.names()).toEqual([]);
    });

    it.each(['../package.zip', 'a/b.zip', '.hidden', '', 'a\nb'])(
      'takes no name that leads elsewhere: %j',
      async (bad) => {
        await expect(send(aParcel(bad, randomBytes(10)))).rejects.toMatchObject({
          code: 'VALIDATION_FAILED',
        });
      },
    );
  });
}
