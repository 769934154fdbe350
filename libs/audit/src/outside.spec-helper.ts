import { type TenantId } from '@personr/kernel';
import { type EvidenceFile, EvidenceStore } from './evidence-store.js';
import { type Outside } from './outside.js';
import { type HeadChange, type LogName, type SignedHeads, type TreeHead } from './signed-heads.js';

/** What a process dies of in these specs. */
export class Crash extends Error {}

/**
 * Ends the process that uses it, as far as it can be seen from outside: at the n-th point, and at every later one. There
 * is a point before and after each act on what lies outside the data database, and between two files of one put.
 */
export class Fuse {
  passed = 0;

  constructor(
    private readonly point: number,
    private readonly isOneShot = false,
  ) {}

  get isBlown(): boolean {
    return this.passed > this.point;
  }

  pass(): void {
    const at = this.passed;
    this.passed += 1;
    if (this.isOneShot ? at === this.point : at >= this.point) throw new Crash(`at point ${String(at)}`);
  }
}

/** What lies outside, as a process sees it that dies when the fuse blows. */
export const behindFuse = ({ evidence, heads }: Outside, fuse: Fuse): Outside => ({
  evidence: new FusedEvidence(evidence, fuse),
  heads: new FusedHeads(heads, fuse),
});

class FusedEvidence extends EvidenceStore {
  constructor(
    private readonly sound: EvidenceStore,
    private readonly fuse: Fuse,
  ) {
    super();
  }

  async put(files: readonly EvidenceFile[]): Promise<void> {
    for (const file of files) await through(this.fuse, () => this.sound.put([file]));
  }

  get(path: string): Promise<Uint8Array | null> {
    return through(this.fuse, () => this.sound.get(path));
  }

  list(path: string): Promise<string[]> {
    return through(this.fuse, () => this.sound.list(path));
  }

  remove(paths: readonly string[]): Promise<void> {
    return through(this.fuse, () => this.sound.remove(paths));
  }
}

class FusedHeads implements SignedHeads {
  constructor(
    private readonly sound: SignedHeads,
    private readonly fuse: Fuse,
  ) {}

  read(tenantId: TenantId, origin: string): Promise<TreeHead | null> {
    return through(this.fuse, () => this.sound.read(tenantId, origin));
  }

  readAll(logs: readonly LogName[]): Promise<readonly (TreeHead | null)[]> {
    return through(this.fuse, () => this.sound.readAll(logs));
  }

  swapAll(changes: readonly HeadChange[]): Promise<readonly boolean[]> {
    return through(this.fuse, () => this.sound.swapAll(changes));
  }
}

async function through<T>(fuse: Fuse, act: () => Promise<T>): Promise<T> {
  fuse.pass();
  const result = await act();
  fuse.pass();
  return result;
}

/** A store whose n-th put waits, once it was called, until it is let go: a process that was stopped and goes on later. */
export class FrozenEvidence extends FusedEvidence {
  private puts = 0;
  private thaw: () => void = () => undefined;
  private notice: () => void = () => undefined;
  /** Resolves when the put that waits was called. */
  readonly frozen = new Promise<void>((resolve) => (this.notice = resolve));
  private readonly thawed = new Promise<void>((resolve) => (this.thaw = resolve));

  constructor(
    sound: EvidenceStore,
    private readonly nth: number,
  ) {
    super(sound, new Fuse(Infinity));
  }

  override async put(files: readonly EvidenceFile[]): Promise<void> {
    this.puts += 1;
    if (this.puts === this.nth) {
      this.notice();
      await this.thawed;
    }
    await super.put(files);
  }

  /** Lets it go on. */
  letGo(): void {
    this.thaw();
  }
}
