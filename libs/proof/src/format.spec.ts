import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, utf8 } from './bytes.js';
import { parseWitnessVkey } from './cosignature.js';
import { quorumOf } from './quorum.js';
import { type Receipt } from './receipt.js';
import { verifyReceipt } from './verify-receipt.js';

describe('the example in FORMAT.md', () => {
  const blocks = readFileSync(join(__dirname, '..', 'FORMAT.md'), 'utf8').matchAll(/```\w*\n(.*?)```/gs);
  const [text, keys, entry, proof, anchor] = [...blocks].map(([, block]) => block!) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [vkey, metaVkey, witness] = keys.split('\n') as [string, string, string];

  it('verifies with the key of the log', () => {
    expect(verifyReceipt(text, [vkey])).toMatchObject({ treeSize: 11, index: 5 });
  });

  it('verifies with all keys beside it, its witness required', () => {
    const quorum = quorumOf([parseWitnessVkey(witness)]);
    const trust = { metaKeys: [metaVkey], quorum, requireWitness: true };
    expect(verifyReceipt(text, [vkey], trust).anchoring).toMatchObject({
      state: 'COSIGNED',
      metaLog: { size: 5, index: 2 },
      cosignatures: [{ of: 'META_LOG' }],
    });
  });

  it('is unfolded as it says', () => {
    const receipt = JSON.parse(text) as Receipt;
    expect(fromBase64(receipt.entry)).toEqual(utf8(entry.trim()));
    expect(receipt.proof).toBe(proof);
    expect(receipt.anchor?.proof).toBe(anchor);
  });
});
