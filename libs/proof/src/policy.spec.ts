import { type Witness } from './cosignature.js';
import { ed25519Signer } from './ed25519.js';
import { parsePolicy } from './policy.js';
import { isQuorum, quorumOf } from './quorum.js';
import { aCosigner } from './testing.js';
import { parseWitnessVkey } from './cosignature.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const log = ed25519Signer('personr.example/log', new Uint8Array(32).fill(7)).vkey;
const meta = ed25519Signer('personr.example/meta', new Uint8Array(32).fill(7)).vkey;
const [a, b, c, d] = [1, 2, 3, 4].map((byte) => aCosigner(byte).vkey) as [string, string, string, string];

const by =
  (...names: string[]) =>
  ({ name }: Witness) =>
    names.includes(name.replace('witness.example/', ''));

describe('a trust policy', () => {
  it('has the two levels of groups of the example of C2SP tlog-policy', () => {
    const { logs, quorum, urls } = parsePolicy(
      [
        '# comment',
        '',
        ` log\t${log}   https://personr.example/log/ `,
        `log ${meta}`,
        `witness X1 ${a}`,
        `witness X2 ${b} https://w2.example`,
        `witness X3 ${c}`,
        'group X-witnesses 2 X1 X2 X3',
        `witness Y1 ${d}`,
        'group Y-witnesses any Y1',
        'group X-and-Y all X-witnesses Y-witnesses',
        'quorum X-and-Y',
      ].join('\n'),
    );
    expect(logs.map(({ vkey, url }) => [vkey, url])).toEqual([
      [log, 'https://personr.example/log/'],
      [meta, null],
    ]);
    expect([...urls.values()]).toEqual(['https://w2.example']);
    expect(quorum.witnesses.map(({ name }) => name)).toEqual(
      [1, 2, 3, 4].map((n) => `witness.example/w${n}`),
    );
    expect(isQuorum(quorum, by('w1', 'w3', 'w4'))).toBe(true);
    expect(isQuorum(quorum, by('w1', 'w4'))).toBe(false);
    expect(isQuorum(quorum, by('w1', 'w2', 'w3'))).toBe(false);
    expect(isQuorum(quorum, by())).toBe(false);
  });

  it('may ask for one witness, or for none', () => {
    expect(isQuorum(parsePolicy(`witness W ${a}\nquorum W\n`).quorum, by('w1'))).toBe(true);
    expect(isQuorum(parsePolicy(`witness W ${a}\nquorum W\n`).quorum, by('w2'))).toBe(false);
    expect(parsePolicy(`witness W ${a}\nquorum none\n`).quorum.rule).toBeNull();
  });

  it.each([
    ['no quorum', `log ${log}`],
    ['two quorums', 'quorum none\nquorum none'],
    ['a quorum of what comes later', `quorum W\nwitness W ${a}`],
    ['a witness twice', `witness V ${a}\nwitness W ${a}\nquorum none`],
    [
      'one key under two witness names',
      `witness V ${a}\nwitness W ${aCosigner(1, 'x.example').vkey}\nquorum none`,
    ],
    ['a name twice', `witness W ${a}\nwitness W ${b}\nquorum none`],
    ['the name none', `witness none ${a}\nquorum none`],
    ['a member twice', `witness W ${a}\ngroup G any W W\nquorum G`],
    ['a member of two groups', `witness W ${a}\ngroup G any W\ngroup H any W\nquorum G`],
    ['a group in itself', 'group G any G\nquorum G'],
    ['a group of nobody', 'group G any\nquorum G'],
    ['a threshold of 0', `witness W ${a}\ngroup G 0 W\nquorum G`],
    ['a threshold above the members', `witness W ${a}\ngroup G 2 W\nquorum G`],
    ['a threshold that is not decimal', `witness W ${a}\ngroup G 0x1 W\nquorum G`],
    ['a log twice', `log ${log}\nlog ${log}\nquorum none`],
    ['a witness as a log', `log ${a}\nquorum none`],
    ['a log as a witness', `witness W ${log}\nquorum none`],
    ['a line of another word', 'logs\nquorum none'],
    ['a word too many', 'quorum none at all'],
    ['a carriage return', 'quorum none\r\n'],
  ])('is refused with %s', (_, text) => {
    expect(() => parsePolicy(text)).toThrow(code('KEY_MALFORMED'));
  });

  it('says in which line it is wrong', () => {
    expect(() => parsePolicy(`quorum none\n\nlog ${log.slice(1)}`)).toThrow(/^Line 3 of the policy: /);
  });
});

describe('a quorum by count', () => {
  const witnesses = [a, b, c].map((vkey) => parseWitnessVkey(vkey));

  it('is so many of them', () => {
    expect(isQuorum(quorumOf(witnesses, 2), by('w1', 'w3'))).toBe(true);
    expect(isQuorum(quorumOf(witnesses, 2), by('w1'))).toBe(false);
    expect(isQuorum(quorumOf(witnesses), by('w1', 'w3'))).toBe(false);
    expect(quorumOf(witnesses, 0).rule).toBeNull();
  });

  it('is refused when it can never be met, or counts one key twice', () => {
    expect(() => quorumOf(witnesses, 4)).toThrow(code('KEY_MALFORMED'));
    expect(() => quorumOf([...witnesses, parseWitnessVkey(aCosigner(1, 'y.example').vkey)])).toThrow(
      code('KEY_MALFORMED'),
    );
  });
});
