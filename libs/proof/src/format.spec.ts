import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, utf8 } from './bytes.js';
import { type Receipt } from './receipt.js';
import { verifyReceipt } from './verify-receipt.js';

describe('the example in FORMAT.md', () => {
  const blocks = readFileSync(join(__dirname, '..', 'FORMAT.md'), 'utf8').matchAll(/```\w*\n(.*?)```/gs);
  const [text = '', vkey = '', entry = '', proof = ''] = [...blocks].map(([, block]) => block);

  it('verifies with the key beside it', () => {
    expect(verifyReceipt(text, [vkey.trim()])).toMatchObject({ treeSize: 11, index: 5 });
  });

  it('is unfolded as it says', () => {
    const receipt = JSON.parse(text) as Receipt;
    expect(fromBase64(receipt.entry)).toEqual(utf8(entry.trim()));
    expect(receipt.proof).toBe(proof);
  });
});
