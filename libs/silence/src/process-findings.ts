import { type Finding } from './finding.js';

/** What the kernel and Node say of this process. A text is undefined where it cannot be read, as on other systems than Linux. */
export type ProcessFacts = {
  /** `/proc/self/limits` */
  readonly limits: string | undefined;
  /** `/proc/sys/kernel/core_pattern` */
  readonly corePattern: string | undefined;
  /** `/proc/swaps` */
  readonly swaps: string | undefined;
  /** Says whether the block device of this name is encrypted. */
  readonly isEncrypted: (device: string) => boolean;
  /** The flags that Node was started with, those of NODE_OPTIONS among them. */
  readonly flags: readonly string[];
};

/** Says what of this process may write memory to a disk. */
export function processFindings(facts: ProcessFacts): Finding[] {
  return [...coreFindings(facts), ...flagFindings(facts.flags), ...swapFindings(facts)];
}

const LOUD_FLAG =
  /^--(heapsnapshot-|heap-prof|report-(on-|uncaught|signal|dir|filename|compact)|abort-on-uncaught-exception|inspect)/;

function flagFindings(flags: readonly string[]): Finding[] {
  // Node takes an underscore for a dash.
  const names = flags.map((flag) => (flag.split('=')[0] ?? '').replaceAll('_', '-'));
  const loud = [...new Set(names.filter((name) => LOUD_FLAG.test(name)))];
  if (loud.length === 0) return [];
  const sentence = `Node was started with ${loud.join(', ')}, which can write or show its memory. Start it without, in NODE_OPTIONS too.`;
  return [{ code: 'MEMORY_WRITTEN', weight: 'REFUSE', sentence }];
}

/**
 * core(5): a file is written when the soft limit allows; a program that the pattern pipes to gets the dump whatever
 * the limit, but for a limit of one byte.
 */
function coreFindings({ limits, corePattern }: ProcessFacts): Finding[] {
  const [, soft] = /^Max core file size +(\S+)/m.exec(limits ?? '') ?? [];
  if (soft === undefined) return [unknownCores];
  if (soft === '1') return [];
  if (soft !== '0') return [coresKept];
  return corePattern?.startsWith('|') === true ? [coresPiped] : [];
}

const unknownCores: Finding = {
  code: 'CORE_DUMPS_KEPT',
  weight: 'WARN',
  sentence:
    'Whether a crash would write a core dump cannot be read here (there is no /proc/self/limits). See to it that it does not.',
};

const coresKept: Finding = {
  code: 'CORE_DUMPS_KEPT',
  weight: 'REFUSE',
  sentence:
    'A crash would write the memory of this process to a core dump. Start it with `prlimit --core=1`, with LimitCORE=1 in systemd, or with ulimits core: 1 in Compose.',
};

const coresPiped: Finding = {
  code: 'CORE_DUMPS_PIPED',
  weight: 'WARN',
  sentence:
    'The kernel pipes core dumps to a program (kernel.core_pattern) even at a limit of 0; whether that program keeps them cannot be seen here. A limit of 1 byte, as in `prlimit --core=1`, stops them.',
};

function swapFindings({ swaps, isEncrypted }: ProcessFacts): Finding[] {
  const areas = (swaps ?? '').split('\n').slice(1).filter(Boolean);
  const open = areas
    .map((line) => line.split(/\s+/))
    .filter(([path = '', type]) => !(type === 'partition' && isEncrypted(path)));
  if (open.length === 0) return [];
  const sentence = `Swap is on in ${open.length} ${open.length === 1 ? 'area' : 'areas'} that cannot be seen to be encrypted: memory with values and keys may be written there. Turn swap off, or put it on dm-crypt with a random key.`;
  return [{ code: 'SWAP_UNENCRYPTED', weight: 'WARN', sentence }];
}
