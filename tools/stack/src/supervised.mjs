import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './child.mjs';
import { StackError } from './stack-error.mjs';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** Whoever lived this long had started; its next death is a new one. */
const LIVED_MS = 10_000;
const GIVE_UP_AFTER = 3;

/** An app that is started again, after a growing pause, whenever it ends without having been told to. */
export class Supervised {
  /** @type {import('./child.mjs').Child | undefined} */
  #child;
  #isWanted = false;
  #deaths = 0;
  #log;
  #options;
  /** Set when it died several times before it was ever up; cleared by `start`. @type {StackError | undefined} */
  failure;

  /**
   * @param {{ name: string, log: (line: string) => void } & Omit<import('./child.mjs').Launch, 'endSignal'>} options
   */
  constructor({ log, ...options }) {
    this.#log = log;
    this.#options = options;
    this.name = options.name;
    this.logFile = options.logFile;
  }

  /** Undefined between a death and the next start. */
  get pid() {
    return this.#child?.ended === undefined ? this.#child?.pid : undefined;
  }

  /** The last lines it printed since it was last started. */
  said() {
    return this.#child?.said() ?? '';
  }

  start() {
    this.#isWanted = true;
    this.#deaths = 0;
    this.failure = undefined;
    this.#run();
  }

  /** Ends it in order and leaves it ended. */
  async stop() {
    this.#isWanted = false;
    await this.#child?.stop();
  }

  /** Ends it in order and starts it again. */
  async restart() {
    await this.stop();
    this.start();
  }

  /** @param {NodeJS.Signals} signal */
  kill(signal) {
    this.#child?.kill(signal);
  }

  #run() {
    const startedAt = Date.now();
    const child = launch({ ...this.#options, endSignal: 'SIGTERM' });
    this.#child = child;
    void child.exit.then((reason) => this.#ended(child, reason, Date.now() - startedAt));
  }

  /**
   * @param {import('./child.mjs').Child} child
   * @param {string} reason
   * @param {number} livedMs
   */
  async #ended(child, reason, livedMs) {
    if (!this.#isWanted || child.stopping) return;
    this.#deaths = livedMs > LIVED_MS ? 1 : this.#deaths + 1;
    if (this.#deaths >= GIVE_UP_AFTER) this.failure = this.#failed(child, reason);
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (this.#deaths - 1), LONGEST_WAIT_MS);
    this.#log(`${this.name} ended (${reason}); starting it again in ${waitMs / 1000} s`);
    await sleep(waitMs, undefined, { ref: false });
    if (this.#isWanted && this.#child === child) this.#run();
  }

  /**
   * @param {import('./child.mjs').Child} child
   * @param {string} reason
   */
  #failed(child, reason) {
    return new StackError(
      'APP_FAILED',
      `The ${this.name} cannot start (${reason}); correct what its log ${this.logFile} says, which ends:\n${child.said()}`,
    );
  }
}
