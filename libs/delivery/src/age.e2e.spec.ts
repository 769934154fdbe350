import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Inbox, startInbox, tempDirectory } from '@personr/testkit';
import { encryptTo, isAgeRecipient } from './age.js';
import { aParcel, sha256 } from './carrier.contract.spec-helper.js';
import { dispatch } from './dispatch.js';
import { HttpsCarrier } from './https.carrier.js';

const AGE = '/usr/bin/age';
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const hasAge = existsSync(AGE);
const describeWhereHad = hasAge ? describe : describe.skip;

describe('a recipient of age', () => {
  it('is a public key of X25519 with its checksum', () => {
    expect(isAgeRecipient(RECIPIENT)).toBe(true);
  });

  it.each([
    ['a character changed', RECIPIENT.replace('ql3z', 'ql3y')],
    ['capitals', RECIPIENT.toUpperCase()],
    ['a blank before', ` ${RECIPIENT}`],
    ['a line behind', `${RECIPIENT}\n`],
    ['an identity', 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX'],
    ['a key of SSH', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'],
    ['nothing', ''],
    ['cut off', RECIPIENT.slice(0, 40)],
  ])('is not one with %s', (_, text) => {
    expect(isAgeRecipient(text)).toBe(false);
  });

  it('is encrypted to in other bytes each time, and as many as are told', async () => {
    const parcel = aParcel('x', randomBytes(200_000));
    const read = async () => {
      const { bytes, sizeOf } = await encryptTo(RECIPIENT, parcel.open());
      const all = [];
      for await (const piece of bytes) all.push(piece);
      const whole = Buffer.concat(all);
      expect(whole.length).toBe(sizeOf(200_000));
      return sha256(whole);
    };
    expect(await read()).not.toBe(await read());
  });

  it('passes on what its source fails with', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.alloc(100_000));
      throw new Error('the store is away');
    };
    const { bytes } = await encryptTo(RECIPIENT, failing());
    const read = async () => {
      for await (const piece of bytes) expect(piece.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toThrow('the store is away');
  });
});

describeWhereHad(`age, Debian's own${hasAge ? '' : ' (skipped: age is not installed)'}`, () => {
  let inbox: Inbox;

  beforeAll(async () => {
    inbox = await startInbox();
  });

  afterAll(() => inbox.stop());

  it.each([
    ['nothing', 0],
    ['a byte', 1],
    ['one chunk', 65_536],
    ['several chunks', 1_000_001],
  ])('R-51: opens what was delivered to its recipient: %s', async (_, size) => {
    const directory = tempDirectory('age');
    const [identity, file] = [join(directory, 'key.txt'), join(directory, 'package.zip.age')];
    execFileSync('age-keygen', ['-o', identity], { stdio: 'ignore' });
    const [, recipient = ''] = /public key: (age1\S+)/.exec(readFileSync(identity, 'utf8')) ?? [];
    const bytes = randomBytes(size);
    const carrier = new HttpsCarrier({ kind: 'HTTPS', url: inbox.url, ca: inbox.ca }, { bearer: null });
    const sent = await dispatch(
      carrier,
      { ...aParcel('package.zip.age', bytes), encryptTo: recipient },
      { networks: ['127.0.0.0/8'] },
    );
    const { bytes: arrived, headers } = inbox.items.get('/package.zip.age')!;
    expect(sent).toEqual({ bytes: arrived.length, sha256: sha256(arrived) });
    expect(headers['content-length']).toBe(String(arrived.length));
    if (size > 16) expect(arrived.includes(bytes.subarray(0, 16))).toBe(false);
    writeFileSync(file, arrived);
    const opened = execFileSync(AGE, ['-d', '-i', identity, file], { maxBuffer: 16 * 1024 * 1024 });
    expect(opened.equals(bytes)).toBe(true);
  });
});
