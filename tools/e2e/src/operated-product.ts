import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPersonrClient, type PersonrClient } from '@personr/client';
import { type OnboardedTenant } from '@personr/ops';
import { freePort } from '@personr/stack';
import { tempDirectory, waitFor } from '@personr/testkit';

const MAIN = join(process.cwd(), 'tools/ops/dist/main.js');

/** How a command ended: its exit code, what it answered, and what it told on the way. */
export type Ended = { readonly code: number | null; readonly said: string; readonly told: string };

/** `npm start` in a directory of its own, and an operator's commands beside it: built programs, in processes of their own. */
export class OperatedProduct {
  readonly directory = tempDirectory('ops');
  private product: ChildProcess | undefined;

  /** `told` is what the operator's environment says beside what every process needs. */
  constructor(private readonly told: Readonly<Record<string, string>> = {}) {
    if (!existsSync(MAIN)) throw new Error('The commands have not been built: run `npm run build`.');
    // The databases' own user has to pass through it.
    chmodSync(this.directory, 0o711);
  }

  /** Starts the product. Resolves, with a client of its first Business, when it runs. */
  async start(): Promise<{ readonly tenant: OnboardedTenant; readonly personr: PersonrClient }> {
    const port = await freePort();
    this.product = this.spawn(['start'], { PORT: String(port) });
    let told = '';
    this.product.stdout?.resume();
    this.product.stderr?.setEncoding('utf8').on('data', (text: string) => (told += text));
    const { product } = this;
    await waitFor(
      () => {
        if (product.exitCode !== null) throw new Error(`the product did not start: ${told}`);
        return Promise.resolve(told.includes('Ctrl-C ends everything') ? true : undefined);
      },
      { what: 'the product to run', timeoutMs: 90_000 },
    );
    const [tenant] = this.state('credentials.json') as [OnboardedTenant];
    const { clientId, clientSecret } = tenant;
    const baseUrl = `http://127.0.0.1:${String(port)}`;
    return { tenant, personr: createPersonrClient({ baseUrl, clientId, clientSecret }) };
  }

  /** Ends the product as Ctrl-C does, if it runs. */
  async stop(): Promise<void> {
    const { product } = this;
    if (product?.exitCode !== null || product.signalCode !== null) return;
    product.kill('SIGINT');
    await once(product, 'close');
  }

  /** Runs `npm run ops -- ...`, where the product runs or ran. */
  async ops(...args: readonly string[]): Promise<Ended> {
    const child = this.spawn(args, {});
    let [said, told] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (told += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said, told };
  }

  /** What a JSON file of the state directory says. */
  state(name: string): unknown {
    return JSON.parse(readFileSync(join(this.directory, '.personr', name), 'utf8'));
  }

  private spawn(args: readonly string[], more: Readonly<Record<string, string>>): ChildProcess {
    const { PATH, HOME, TMPDIR, XDG_CACHE_HOME } = process.env;
    const env = { PATH, HOME, TMPDIR, XDG_CACHE_HOME, LOG_LEVEL: 'error', ...this.told, ...more };
    return spawn(process.execPath, [MAIN, ...args], { cwd: this.directory, env });
  }
}

/** A DELETE of everything about one customer, to its end. */
export async function eraseOf(personr: PersonrClient, externalId: string): Promise<void> {
  const { id } = await personr.forwardInstruction({
    type: 'DELETE',
    subject: { externalId },
    basis: 'END_OF_PURPOSE',
    writing: { text: 'Erase everything held about this customer.' },
  });
  await personr.waitForEnd(id);
}
