import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(process.cwd(), 'tools/e2e/src/vault-child.mjs');

/** Where the key store and the keyring are that all children share. */
export type ChildEnvironment = {
  readonly KEYSTORE_DATABASE_URL: string;
  readonly KEYRING_DIRECTORIES: string;
  readonly TENANT_ID: string;
};

/** What was made, as its maker told. */
export type Made = {
  readonly name: string;
  readonly keyId: string;
  readonly keyIds: readonly string[];
  readonly sealed: string;
};

type Answer = {
  readonly id?: number;
  readonly ready?: true;
  readonly done?: unknown;
  readonly failed?: string;
};

/** A process with a vault of its own, which may be frozen or killed at any time and is then started again. */
export class VaultChild {
  private child: ChildProcess | null = null;
  private ready: Promise<void> = Promise.resolve();
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private asked = 0;

  constructor(private readonly environment: ChildEnvironment) {
    this.start();
  }

  /** Asks for something. Resolves with null when the process died, or failed, before it answered: the outcome is unknown. */
  async ask(what: object): Promise<unknown> {
    await this.ready;
    const id = (this.asked += 1);
    return new Promise((resolve) => {
      this.waiting.set(id, ({ done }) => {
        resolve(done ?? null);
      });
      this.child?.stdin?.write(`${JSON.stringify({ id, ...what })}\n`);
    });
  }

  /** Freezes it, or lets it go on, as an overcommitted machine does. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  /** Ends it without a word, as a crash does, and starts another in its place. */
  crash(): void {
    this.child?.kill('SIGKILL');
  }

  /** Ends it for good. */
  end(): Promise<void> {
    const { child } = this;
    this.child = null;
    return new Promise((resolve) => {
      if (child?.exitCode !== null) resolve();
      else
        child
          .once('close', () => {
            resolve();
          })
          .kill('SIGKILL');
    });
  }

  private start(): void {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, ...this.environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    child.stdin.on('error', () => undefined);
    this.ready = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const answer = JSON.parse(line) as Answer;
        if (answer.ready) resolve();
        else this.settle(answer);
      });
      child.once('close', () => {
        resolve();
        for (const id of [...this.waiting.keys()]) this.settle({ id, failed: 'died' });
        if (this.child === child) this.start();
      });
    });
  }

  private settle(answer: Answer): void {
    if (answer.id === undefined) return;
    this.waiting.get(answer.id)?.(answer);
    this.waiting.delete(answer.id);
  }
}
