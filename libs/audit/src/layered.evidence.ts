import { type EvidenceFile, EvidenceStore } from './evidence-store.js';

/**
 * A store over another, which is read and never written: what is put lies in the upper one, and what is not there is read
 * from the lower as it is at that moment. What is removed is hidden, for as long as this object lives. For trying out what
 * would be written beside a living store.
 */
export class LayeredEvidence extends EvidenceStore {
  private readonly hidden = new Set<string>();

  constructor(
    private readonly upper: EvidenceStore,
    private readonly lower: EvidenceStore,
  ) {
    super();
  }

  async put(files: readonly EvidenceFile[]): Promise<void> {
    await this.upper.put(files);
    for (const { path } of files) this.hidden.delete(path);
  }

  async get(path: string): Promise<Uint8Array | null> {
    const own = await this.upper.get(path);
    return own === null && !this.hidden.has(path) ? this.lower.get(path) : own;
  }

  async list(path: string): Promise<string[]> {
    const own = await this.upper.list(path);
    const below = (await this.lower.list(path)).filter((name) => !this.hidden.has(`${path}/${name}`));
    return [...new Set([...own, ...below])];
  }

  async remove(paths: readonly string[]): Promise<void> {
    await this.upper.remove(paths);
    for (const path of paths) this.hidden.add(path);
  }

  override close(): void {
    this.upper.close();
    this.lower.close();
  }
}
