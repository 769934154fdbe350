import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Answer, type Order } from './order.js';

type Bounds = { readonly mostSeconds: number; readonly mostMiB: number; readonly childFile?: string };

const BESIDE = new URL('./redaction.child.js', import.meta.url);
const HEAP_MIB = 512;
/** Node's own permissions: reading files and starting threads, no writing and no other process. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';
const CONFINED = [PERMISSION, '--allow-fs-read=*', '--allow-worker', '--allow-addons', '--no-warnings'];

/** A process that examines files: without environment, network and shell, and with so much time and memory. */
export class Child {
  #asked = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly mostSeconds: number,
  ) {}

  /** Starts one and waits until its detectors are loaded. Throws when it ends before that. */
  static async start({ mostSeconds, mostMiB, childFile }: Bounds): Promise<Child> {
    const started = fork(childFile ?? fileURLToPath(BESIDE), [String(mostMiB)], {
      env: {},
      cwd: '/',
      execArgv: [...CONFINED, `--max-old-space-size=${String(HEAP_MIB)}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('error', () => undefined);
    const child = new Child(started, mostSeconds);
    if ((await child.#answer())?.said !== 'READY') throw new Error('the child ended before it was ready');
    return child;
  }

  /** Says whether it lives and has examined fewer files than that. */
  isUsable(files: number): boolean {
    return this.process.connected && this.process.exitCode === null && this.#asked < files;
  }

  /** The answer to an order, or undefined when it died of it or took too long, which ends it. */
  async ask(order: Order): Promise<Answer | undefined> {
    this.#asked += 1;
    const answer = this.#answer();
    this.process.send(order);
    return answer;
  }

  /** Kills it and waits until it is gone. */
  async end(): Promise<void> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  async #answer(): Promise<Answer | undefined> {
    const stop = new AbortController();
    const late = setTimeout(() => {
      this.process.kill('SIGKILL');
    }, this.mostSeconds * 1000);
    const told = once(this.process, 'message', { signal: stop.signal });
    const died = once(this.process, 'exit', { signal: stop.signal });
    try {
      return await Promise.race([told.then(([answer]) => answer as Answer), died.then(() => undefined)]);
    } finally {
      clearTimeout(late);
      stop.abort();
      await Promise.allSettled([told, died]);
    }
  }
}
