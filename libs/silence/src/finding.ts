/** What may write a value down where no erasure reaches it, by its stable name. */
export type FindingCode =
  | 'SERVER_LOGS_VALUES'
  | 'CORE_DUMPS_KEPT'
  | 'CORE_DUMPS_PIPED'
  | 'MEMORY_WRITTEN'
  | 'SWAP_UNENCRYPTED'
  | 'KEY_STORE_SINGLE';

/** One of them, found. `REFUSE` ends the start, `WARN` is said in the log. The sentence says what to do; it holds no value. */
export type Finding = {
  readonly code: FindingCode;
  readonly weight: 'REFUSE' | 'WARN';
  readonly sentence: string;
};

/** What no start-up check can see from where it runs. An operator is told once, in one line. */
export const NOT_CHECKED = [
  'core dumps and swap of the machines that run PostgreSQL and Redis',
  'logs and swap of poolers, proxies and load balancers in between',
  'settings that a server changes after this start',
  'whether disks are encrypted',
  'whether a snapshot or backup of a volume takes the keyring in',
  'what a debugger of this user or of root reads from memory',
] as const;
