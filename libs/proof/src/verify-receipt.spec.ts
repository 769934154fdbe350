import fc from 'fast-check';
import { canonicalJson, type Json } from '@personr/kernel';
import { fromBase64, toBase64, utf8 } from './bytes.js';
import { ed25519Signer } from './ed25519.js';
import { type Receipt, receiptCommitment } from './receipt.js';
import { aReceipt, aReceiptBody } from './testing.js';
import { verifyReceipt } from './verify-receipt.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const ORIGIN = 'personr.example/log/9f3c';
const seed = (byte: number) => new Uint8Array(32).fill(byte);
let receipt: Receipt;
let vkey: string;

beforeAll(async () => {
  ({ receipt, vkey } = await aReceipt());
});

const turned = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

const refused = (changed: unknown, sentence?: RegExp) => {
  const verify = () => verifyReceipt(changed, [vkey]);
  expect(verify).toThrow(expect.objectContaining({ name: 'DomainError' }) as Error);
  if (sentence !== undefined) expect(verify).toThrow(sentence);
};

describe('R-102: a receipt', () => {
  it('verifies with the public key alone, as text and as parsed', () => {
    const verdict = verifyReceipt(JSON.stringify(receipt, null, 2), [vkey]);
    expect(verdict).toMatchObject({
      instructionId: receipt.body.instructionId,
      type: 'DELETE',
      outcome: 'COMPLETED',
      origin: ORIGIN,
      treeSize: 11,
      index: 5,
      signedBy: [ORIGIN],
      body: receipt.body,
    });
    expect(verifyReceipt(receipt, [vkey])).toEqual(verdict);
  });

  it('says apart what is proved, what Personr attests and what nobody can tell from it', () => {
    const { proved, attested, unknown } = verifyReceipt(receipt, [vkey]);
    expect(proved.join(' ')).toContain(`index 5, the entry instruction.closed for instruction`);
    expect(attested.join(' ')).toContain('Store postgres: 14 records erased, 0 found');
    expect(attested.join(' ')).toContain('Backup set 2026-11-22: UNREADABLE.');
    expect(attested.join(' ')).toContain('Kept: request record, because 11 CCR 7101, until 2028-11-24.');
    expect(unknown.join(' ')).toContain('no witness’s signature was checked');
    expect(proved.join(' ')).not.toContain('erased');
  });

  it('says when an erasure was not sealed yet', async () => {
    const early = await aReceipt({ body: { sealedAt: null } });
    const { unknown } = verifyReceipt(early.receipt, [early.vkey]);
    expect(unknown.join(' ')).toContain('was not sealed yet');
  });

  it('R-95: is refused without one of the six facts of a request’s record', async () => {
    for (const body of [
      { request: { nature: 'DELETE', manner: 'API' } },
      { request: { receivedAt: '2026-11-20', nature: 'DELETE', manner: 'API' } },
      { request: { receivedAt: '2026-11-20T17:00:00Z', nature: 'DELETE', manner: '' } },
      { answer: { answeredAt: '2026-11-23T18:00:09Z', denialBasis: null } },
      { answer: { answeredAt: '2026-11-23T18:00:09Z', nature: 'DENIED' } },
    ]) {
      const changes = body as Parameters<typeof aReceiptBody>[0];
      await expect(aReceipt({ body: changes! })).rejects.toThrow(code('PROOF_INVALID'));
    }
  });

  it.each([
    [1, 0],
    [2, 1],
    [256, 255],
    [257, 256],
    [300, 7],
  ])('verifies in a log of %p entries at index %p', async (size, index) => {
    const made = await aReceipt({ size, index });
    expect(verifyReceipt(made.receipt, [made.vkey])).toMatchObject({ treeSize: size, index });
  });
});

describe('a receipt is refused', () => {
  it('with any one bit of its proof turned', () => {
    const proof = utf8(receipt.proof);
    for (let bit = 0; bit < proof.length * 8; bit++) {
      refused({ ...receipt, proof: new TextDecoder().decode(turned(proof, bit)) });
    }
  });

  it('with any one bit of its salt, or a bit of any byte of its entry, turned', () => {
    const salt = fromBase64(receipt.salt)!;
    for (let bit = 0; bit < salt.length * 8; bit++) {
      refused({ ...receipt, salt: toBase64(turned(salt, bit)) }, /not the one that the log entry commits to/);
    }
    const entry = fromBase64(receipt.entry)!;
    for (let at = 0; at < entry.length; at++) {
      refused({ ...receipt, entry: toBase64(turned(entry, at * 8 + (at % 8))) }, /does not lead to the root/);
    }
  });

  it('with any member of its body changed, taken away or added', () => {
    const body = receipt.body as unknown as Record<string, Json>;
    for (const name of Object.keys(body)) {
      refused({ ...receipt, body: { ...body, [name]: 'changed' } }, /commits to/);
      refused({ ...receipt, body: { ...body, [name]: undefined } }, /commits to/);
    }
    refused({ ...receipt, body: { ...body, more: 1 } }, /commits to/);
  });

  it('or gives the very same verdict, whatever bit of the file is turned', () => {
    const file = utf8(JSON.stringify(receipt));
    const verdict = verifyReceipt(receipt, [vkey]);
    fc.assert(
      fc.property(fc.nat(file.length * 8 - 1), (bit) => {
        const changed = new TextDecoder().decode(turned(file, bit));
        try {
          expect(verifyReceipt(changed, [vkey])).toEqual(verdict);
        } catch (error) {
          expect(error).toMatchObject({ name: 'DomainError' });
        }
      }),
      { numRuns: 400 },
    );
  });

  it('when another key of the same name signed it anew', async () => {
    const forged = await aReceipt({
      signer: ed25519Signer(ORIGIN, seed(8)),
      body: { outcome: 'CLOSED_NO_DATA' },
    });
    expect(verifyReceipt(forged.receipt, [forged.vkey]).outcome).toBe('CLOSED_NO_DATA');
    refused(forged.receipt, /None of the trusted keys signed/);
  });

  it('when no key is trusted, or a key is not one', () => {
    expect(() => verifyReceipt(receipt, [])).toThrow(code('PROOF_INVALID'));
    expect(() => verifyReceipt(receipt, [vkey.slice(1)])).toThrow(code('KEY_MALFORMED'));
  });

  it('when the key of another log signed it', async () => {
    const other = ed25519Signer('personr.example/log/0000', seed(9));
    const made = await aReceipt({ signer: other });
    expect(() => verifyReceipt(made.receipt, [other.vkey])).toThrow(/another log|none of the trusted keys/);
  });

  it('with the proof of another receipt of the same log', async () => {
    const other = await aReceipt({
      index: 6,
      body: { instructionId: '019ab0c4-5a00-7000-8000-000000000002' },
    });
    refused({ ...receipt, proof: other.receipt.proof }, /does not lead to the root/);
    refused({ ...other.receipt, body: receipt.body }, /commits to/);
  });

  it.each([
    ['instruction', { instructionId: '019ab0c4-5a00-7000-8000-000000000002' }],
    ['tenant', { tenantId: '019ab0c4-5a00-7000-8000-00000000000b' }],
    ['subject', { subjectRef: 'ffffffffffffffffffffffffffffffff' }],
  ])('when its entry is about another %s', async (what, entry) => {
    const made = await aReceipt({ entry });
    expect(() => verifyReceipt(made.receipt, [made.vkey])).toThrow(new RegExp(`another ${what}`));
  });

  it('when its entry is not canonical JSON', async () => {
    for (const spelling of [
      (entry: Json) => JSON.stringify(entry, null, 1),
      (entry: Json) => canonicalJson(entry).replace('"at"', '"\\u0061t"'),
      () => '"\\ud800"',
    ]) {
      const made = await aReceipt({ spelling });
      expect(() => verifyReceipt(made.receipt, [made.vkey])).toThrow(/entry is not canonical/);
    }
  });

  it('when its entry lacks a member', async () => {
    const made = await aReceipt({ entry: { commitment: null } });
    expect(() => verifyReceipt(made.receipt, [made.vkey])).toThrow(/entry\.commitment/);
  });

  it('when a reader could read it in two ways', () => {
    const text = JSON.stringify(receipt);
    refused(text.replace('"type":', '"type":"EXPORT","type":'), /two members of one name/);
    refused(text.replace('{', '{"format":"personr.receipt/v1",'), /two members of one name/);
  });

  it('when it is something else', () => {
    for (const other of [
      '',
      'not JSON',
      '[]',
      'null',
      '5',
      '{}',
      '{"format":"personr.receipt/v2"}',
      undefined,
    ]) {
      refused(other);
    }
    refused('['.repeat(100_000) + ']'.repeat(100_000), /nested too deeply/);
    refused(`"${'x'.repeat(2 ** 21)}"`, /too long/);
    refused({ ...receipt, body: null }, /no body/);
    refused({ ...receipt, proof: 5 }, /no proof/);
    refused({ ...receipt, salt: toBase64(seed(1).slice(1)) }, /32 bytes/);
    refused({ ...receipt, entry: `${receipt.entry} ` }, /not base64/);
    refused({ ...receipt, proof: receipt.proof.replace('index', 'extra bW9yZQ==\nindex') }, /no extra line/);
  });
});

describe('what nothing covers', () => {
  it('changes no verdict: signatures of unknown keys', () => {
    const line = '— unknown.example/witness AAAAAAAA\n';
    const more = { ...receipt, proof: `${receipt.proof}${line}` };
    expect(verifyReceipt(more, [vkey])).toEqual(verifyReceipt(receipt, [vkey]));
  });

  it('is said: members that this version does not know', () => {
    const { unknown, body } = verifyReceipt({ ...receipt, note: 'all is well' }, [vkey]);
    expect(unknown.join(' ')).toContain('1 further member of the file');
    expect(body).toEqual(receipt.body);
  });
});

describe('the commitment of a receipt', () => {
  it('hangs on the value of the body and not on its spelling', () => {
    const body = aReceiptBody();
    const reversed = Object.fromEntries(Object.entries(body).reverse()) as typeof body;
    expect(receiptCommitment(seed(1), reversed)).toBe(receiptCommitment(seed(1), body));
    expect(receiptCommitment(seed(2), body)).not.toBe(receiptCommitment(seed(1), body));
  });

  it('is SHA-256 over the format, a line feed, the salt and the canonical body', async () => {
    const { createHash } = await import('node:crypto');
    const body = aReceiptBody();
    const expected = createHash('sha256')
      .update('personr.receipt/v1\n')
      .update(seed(1))
      .update(canonicalJson(body))
      .digest('base64');
    expect(receiptCommitment(seed(1), body)).toBe(expected);
  });

  it('is not made with a short salt', () => {
    expect(() => receiptCommitment(new Uint8Array(31), {})).toThrow(code('PROOF_INVALID'));
  });
});
