import { tempDirectory } from '@personr/testkit';
import { DirectoryEvidence } from './directory.evidence.js';
import { describeEvidenceStore } from './evidence-store.contract.spec-helper.js';
import { LayeredEvidence } from './layered.evidence.js';

const aDirectory = () => new DirectoryEvidence(tempDirectory('evidence'));
const bytes = (text: string): Uint8Array => Buffer.from(text);

describeEvidenceStore('over another', () => new LayeredEvidence(aDirectory(), aDirectory()));

describe('evidence over another store', () => {
  let lower: DirectoryEvidence;
  let layered: LayeredEvidence;
  const text = async (path: string, store: Pick<DirectoryEvidence, 'get'> = layered) => {
    const found = await store.get(path);
    return found === null ? null : Buffer.from(found).toString();
  };

  beforeEach(async () => {
    lower = aDirectory();
    layered = new LayeredEvidence(aDirectory(), lower);
    await lower.put(['a/one', 'a/two'].map((path) => ({ path, bytes: bytes('below') })));
  });

  it('reads what lies below, as it is at that moment', async () => {
    expect(await text('a/one')).toBe('below');
    await lower.put([{ path: 'a/three', bytes: bytes('later') }]);
    expect(await text('a/three')).toBe('later');
    expect((await layered.list('a')).sort()).toEqual(['one', 'three', 'two']);
  });

  it('shows what was written and hides what was removed, and leaves the store below as it was', async () => {
    await layered.put([{ path: 'a/one', bytes: bytes('above') }]);
    await layered.remove(['a/two']);
    expect([await text('a/one'), await text('a/two')]).toEqual(['above', null]);
    expect(await layered.list('a')).toEqual(['one']);
    expect([await text('a/one', lower), await text('a/two', lower)]).toEqual(['below', 'below']);
    await layered.put([{ path: 'a/two', bytes: bytes('again') }]);
    expect(await text('a/two')).toBe('again');
  });
});
