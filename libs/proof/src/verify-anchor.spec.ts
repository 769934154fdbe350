import { createHash } from 'node:crypto';
import { fromBase64, toBase64, utf8 } from './bytes.js';
import { parseWitnessVkey } from './cosignature.js';
import { ed25519Signer } from './ed25519.js';
import { metaEntry } from './meta-log.js';
import { quorumOf } from './quorum.js';
import { composeReceipt, type Receipt } from './receipt.js';
import { aCosigner, anAnchor, aReceipt, cosigned, META_ORIGIN } from './testing.js';
import { parseTlogProof } from './tlog-proof.js';
import { type AnchorTrust } from './verify-anchor.js';
import { verifyReceipt } from './verify-receipt.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const [one, two] = [aCosigner(1), aCosigner(2)];
const quorum = (needed: number, ...made: { vkey: string }[]) =>
  quorumOf(
    made.map(({ vkey }) => parseWitnessVkey(vkey)),
    needed,
  );

let receipt: Receipt;
let vkey: string;
let metaVkey: string;
let trust: AnchorTrust;

beforeAll(async () => {
  ({ receipt, vkey, metaVkey } = await aReceipt({ anchor: { witnesses: [one, two] } }));
  trust = { metaKeys: [metaVkey], quorum: quorum(2, one, two) };
});

const verify = (changed: unknown = receipt, more: Partial<AnchorTrust> = {}) =>
  verifyReceipt(changed, [vkey], { ...trust, ...more });

describe('the entry of the meta-log', () => {
  it('is SHA-256 over the salt and the checkpoint as it was signed, whoever signed it', async () => {
    const { note } = await aReceipt();
    const salt = new Uint8Array(32).fill(9);
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const expected = createHash('sha256').update(salt).update(text).digest();
    expect(Buffer.from(metaEntry(salt, note))).toEqual(expected);
    expect(metaEntry(salt, cosigned(note, [one]))).toEqual(metaEntry(salt, note));
    expect(metaEntry(new Uint8Array(32), note)).not.toEqual(metaEntry(salt, note));
    expect(() => metaEntry(new Uint8Array(31), note)).toThrow(code('PROOF_INVALID'));
    expect(() => metaEntry(salt, text)).toThrow(code('NOTE_MALFORMED'));
  });
});

describe('an anchored receipt', () => {
  it('is cosigned when the quorum cosigned the meta-log, and says who and when', () => {
    const { anchoring, proved, unknown } = verify(receipt, { requireWitness: true });
    expect(anchoring).toEqual({
      state: 'COSIGNED',
      metaLog: { origin: META_ORIGIN, size: 5, index: 2 },
      cosignatures: [one, two].map(({ name }) => ({ name, at: '2026-11-18T11:06:40.000Z', of: 'META_LOG' })),
    });
    expect(proved.join(' ')).toContain(`The meta-log ${META_ORIGIN}, at index 2 of 5 entries, holds`);
    expect(proved.join(' ')).toContain(
      `Witness ${two.name} cosigned the meta-log at 2026-11-18T11:06:40.000Z`,
    );
    expect(unknown.join(' ')).toContain('cannot exclude a second log');
  });

  it('verifies by the log’s key alone, and says that its anchor was not checked', () => {
    const { anchoring, unknown } = verifyReceipt(receipt, [vkey]);
    expect(anchoring).toEqual({ state: 'UNCHECKED', metaLog: null, cosignatures: [] });
    expect(unknown.join(' ')).toContain('no witness’s signature was checked');
  });

  it('is logged, not cosigned, while too few cosigned, and refused where witnesses are required', async () => {
    const early = await aReceipt({ anchor: { witnesses: [one] } });
    expect(verify(early.receipt).anchoring).toMatchObject({
      state: 'LOGGED',
      cosignatures: [{ name: one.name }],
    });
    expect(verify(early.receipt).unknown.join(' ')).toContain('not as many witnesses as you ask for');
    expect(() => verify(early.receipt, { requireWitness: true })).toThrow(code('PROOF_INVALID'));
    expect(verify(early.receipt, { quorum: quorum(1, one, two), requireWitness: true }).anchoring.state).toBe(
      'COSIGNED',
    );
  });

  it('is the same receipt as before it was anchored: body and commitment do not change', async () => {
    const pending = await aReceipt();
    expect(verify(pending.receipt)).toMatchObject({ anchoring: { state: 'NONE' }, body: receipt.body });
    expect(() => verify(pending.receipt, { requireWitness: true })).toThrow(/Not as many witnesses/);
    const { anchoring, anchor, ...rest } = receipt;
    expect(rest).toEqual(pending.receipt);
    expect([anchoring, anchor]).toEqual(['COSIGNED', expect.anything()]);
    const empty = { ...rest, anchoring: 'PENDING' as const, anchor: null };
    expect(verify(empty).anchoring.state).toBe('NONE');
  });

  it('may be cosigned in the tenant’s own log directly', async () => {
    const direct = await aReceipt({ witnesses: [one, two] });
    const { anchoring, unknown } = verify(direct.receipt, { metaKeys: [], requireWitness: true });
    expect(anchoring).toMatchObject({ state: 'COSIGNED', metaLog: null, cosignatures: [{ of: 'LOG' }, {}] });
    expect(unknown.join(' ')).not.toContain('Whether others were shown the same log');
  });

  it('is refused with any one bit of its anchor turned', () => {
    const anchor = receipt.anchor!;
    const salt = fromBase64(anchor.salt)!;
    const proof = utf8(anchor.proof);
    for (let bit = 0; bit < salt.length * 8; bit += 1) {
      const changed = salt.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => verify({ ...receipt, anchor: { ...anchor, salt: toBase64(changed) } })).toThrow(
        /does not lead to the root/,
      );
    }
    for (let at = 0; at < proof.length; at++) {
      const changed = proof.slice();
      changed[at]! ^= 1 << (at & 7);
      const text = new TextDecoder().decode(changed);
      const judged = () =>
        verify({ ...receipt, anchor: { ...anchor, proof: text } }, { requireWitness: true });
      expect(judged).toThrow(expect.objectContaining({ name: 'DomainError' }) as Error);
    }
  });

  it('is refused when the meta-log holds another checkpoint', async () => {
    const { note: other } = await aReceipt({ size: 12 });
    const wrong = await aReceipt({ anchor: { witnesses: [one, two], checkpoint: other } });
    expect(() => verify(wrong.receipt)).toThrow(/does not lead to the root/);
  });

  it('is refused when another key of the meta-log’s name signed it, or another log’s', async () => {
    for (const signer of [
      ed25519Signer(META_ORIGIN, new Uint8Array(32).fill(78)),
      ed25519Signer('other.example/meta', new Uint8Array(32).fill(77)),
    ]) {
      const forged = await aReceipt({ anchor: { witnesses: [one, two], signer } });
      expect(() => verify(forged.receipt)).toThrow(/None of the trusted keys signed/);
      expect(() => verify(forged.receipt, { metaKeys: [] })).not.toThrow();
    }
    const misplaced = await aReceipt({
      anchor: { signer: ed25519Signer('other.example/meta', new Uint8Array(32).fill(77)) },
    });
    expect(() => verify(misplaced.receipt, { metaKeys: [misplaced.metaVkey] })).toThrow(
      /none of the trusted keys/,
    );
  });

  it('counts no witness that is not pinned, whatever its name', async () => {
    const impostor = aCosigner(9, one.name);
    const made = await aReceipt({ anchor: { witnesses: [impostor, aCosigner(8)] } });
    expect(verify(made.receipt).anchoring).toMatchObject({ state: 'LOGGED', cosignatures: [] });
  });

  it('is refused when its words contradict it, or are none', async () => {
    const { anchor, ...rest } = receipt;
    expect(() => verify(rest)).toThrow(/says that it is cosigned/);
    expect(() => verify({ ...rest, anchor: null })).toThrow(/says that it is cosigned/);
    expect(() => verify({ ...receipt, anchoring: 'DONE' })).toThrow(/anchoring/);
    expect(() => verify({ ...receipt, anchor: 5 })).toThrow(/anchor/);
    expect(() => verify({ ...receipt, anchor: { ...anchor, salt: '?' } })).toThrow(/base64/);
    expect(() => verify({ ...receipt, anchor: { ...anchor, salt: toBase64(new Uint8Array(31)) } })).toThrow(
      /32 bytes/,
    );
    const extra = anchor!.proof.replace('index', 'extra bW9yZQ==\nindex');
    expect(() => verify({ ...receipt, anchor: { ...anchor, proof: extra } })).toThrow(/no extra line/);
    const made = await anAnchor((await aReceipt()).note);
    const parts = {
      body: receipt.body,
      salt: fromBase64(receipt.salt)!,
      entry: fromBase64(receipt.entry)!,
      proof: parseTlogProof(receipt.proof),
    };
    expect(() => composeReceipt({ ...parts, anchored: { anchoring: 'COSIGNED', anchor: null } })).toThrow(
      code('PROOF_INVALID'),
    );
    const short = { ...made.anchor, salt: new Uint8Array(31) };
    expect(() => composeReceipt({ ...parts, anchored: { anchoring: 'PENDING', anchor: short } })).toThrow(
      code('PROOF_INVALID'),
    );
  });

  it('cannot be required to be witnessed by nobody', () => {
    expect(() => verify(receipt, { quorum: quorum(0, one), requireWitness: true })).toThrow(
      code('KEY_MALFORMED'),
    );
  });
});
