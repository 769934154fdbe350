import { DomainError } from '@personr/kernel';
import { parseWitnessVkey, type Witness } from './cosignature.js';
import { parseVkey } from './ed25519.js';
import { type NoteVerifier } from './note.js';
import { assertDistinct, type Quorum, type QuorumRule } from './quorum.js';
import { type Ed25519Verify, pureEd25519 } from './vkey.js';

/** A trust policy: the logs that are known, with their URLs if it gives any, and the quorum of witnesses. */
export type TlogPolicy = {
  readonly logs: readonly {
    readonly key: NoteVerifier;
    readonly vkey: string;
    readonly url: string | null;
  }[];
  readonly urls: ReadonlyMap<Witness, string>;
  readonly quorum: Quorum;
};

const MAX_LINES = 1000;
// C2SP tlog-policy, "Character set": tab and line feed are the only control characters.
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f]', 'u');

const malformed = (sentence: string, line?: number): DomainError =>
  new DomainError('KEY_MALFORMED', line === undefined ? sentence : `Line ${line} of the policy: ${sentence}`);

/**
 * Reads a policy file of C2SP tlog-policy: `log VKEY [URL]`, `witness NAME VKEY [URL]`,
 * `group NAME all|any|K NAME...` and one `quorum NAME|none`. Throws `KEY_MALFORMED` with the number of the line for all
 * that the format refuses. One thing is taken that it refuses: one public key under the names of several logs, since a
 * log's key bears the name of the log, and Personr signs the logs of all tenants with one.
 */
export function parsePolicy(text: string, verify: Ed25519Verify = pureEd25519): TlogPolicy {
  const reader = new PolicyReader(verify);
  const lines = text.split('\n');
  if (CONTROL.test(text)) throw malformed('A policy has no control characters but tab and line feed.');
  if (lines.length > MAX_LINES) throw malformed('A policy has at most 1,000 lines.');
  for (const [at, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length > 0 && words[0]?.startsWith('#') !== true) reader.line(words, at + 1);
  }
  return reader.policy();
}

/** What the lines so far came to. */
class PolicyReader {
  private readonly logs: TlogPolicy['logs'][number][] = [];
  private readonly witnesses: Witness[] = [];
  private readonly urls = new Map<Witness, string>();
  private readonly rules = new Map<string, QuorumRule>();
  private readonly members = new Set<string>();
  private quorum: { rule: QuorumRule | null } | undefined;

  constructor(private readonly verify: Ed25519Verify) {}

  line([word = '', ...rest]: readonly string[], at: number): void {
    try {
      if (word === 'log') this.log(rest);
      else if (word === 'witness') this.witness(rest);
      else if (word === 'group') this.group(rest);
      else if (word === 'quorum') this.setQuorum(rest);
      else throw malformed('it begins with none of log, witness, group and quorum.');
    } catch (cause) {
      throw cause instanceof DomainError ? malformed(cause.message, at) : cause;
    }
  }

  policy(): TlogPolicy {
    if (this.quorum === undefined) throw malformed('A policy has a quorum line.');
    return {
      logs: this.logs,
      urls: this.urls,
      quorum: { witnesses: this.witnesses, rule: this.quorum.rule },
    };
  }

  private log([vkey, url, ...more]: readonly string[]): void {
    if (vkey === undefined || more.length > 0) throw malformed('it reads log VKEY [URL].');
    if (this.logs.some((log) => log.vkey === vkey)) throw malformed('this log is there already.');
    this.logs.push({ key: parseVkey(vkey, this.verify), vkey, url: url ?? null });
  }

  private witness([name, vkey, url, ...more]: readonly string[]): void {
    if (name === undefined || vkey === undefined || more.length > 0) {
      throw malformed('it reads witness NAME VKEY [URL].');
    }
    const witness = parseWitnessVkey(vkey, this.verify);
    assertDistinct([...this.witnesses, witness]);
    this.name(name, { kind: 'WITNESS', witness });
    this.witnesses.push(witness);
    if (url !== undefined) this.urls.set(witness, url);
  }

  private group([name, threshold = '', ...names]: readonly string[]): void {
    if (name === undefined || names.length === 0) throw malformed('it reads group NAME all|any|K NAME...');
    const members = names.map((member) => this.member(member));
    this.name(name, { kind: 'GROUP', threshold: thresholdOf(threshold, names.length), members });
  }

  private setQuorum([name, ...more]: readonly string[]): void {
    if (name === undefined || more.length > 0) throw malformed('it reads quorum NAME.');
    if (this.quorum !== undefined) throw malformed('there is one quorum.');
    this.quorum = { rule: name === 'none' ? null : this.known(name) };
  }

  private name(name: string, rule: QuorumRule): void {
    if (name === 'none' || this.rules.has(name)) throw malformed('this name is taken.');
    this.rules.set(name, rule);
  }

  private member(name: string): QuorumRule {
    if (this.members.has(name)) throw malformed('a name is a member once.');
    this.members.add(name);
    return this.known(name);
  }

  private known(name: string): QuorumRule {
    const rule = this.rules.get(name);
    if (rule === undefined) throw malformed('it names what no line above it defines.');
    return rule;
  }
}

function thresholdOf(word: string, members: number): number {
  if (word === 'any') return 1;
  if (word === 'all') return members;
  const threshold = /^[1-9]\d{0,8}$/.test(word) ? Number(word) : 0;
  if (threshold < 1 || threshold > members) {
    throw malformed('a group is of all, any, or a number of its members.');
  }
  return threshold;
}
