import { type TenantId } from '@personr/kernel';
import { type RelayTx, type Tenancy } from '@personr/tenancy';
import { type Batch, type Link } from './batch.js';
import { type EvidenceFile } from './evidence-store.js';
import { LogEvidence } from './log-evidence.js';
import { holdLayout } from './hold-layout.js';
import { headsOf, type OwnedHead } from './sequence.repository.js';
import { type Outside } from './outside.js';
import { type Group, StagedGroups } from './staged-groups.js';

/** Logs whose files are written and sent to the disk together. */
const LAID_OUT_AT_ONCE = 100;

/** What a pass came to: logs that were laid out, and what kept others from it. */
export type LayoutPass = { readonly logs: number; readonly errors: ReadonlyMap<TenantId, unknown> };

/**
 * Lays out what was signed, where anybody may read it by its C2SP paths: bundles, tiles and openings first, the checkpoint
 * after them. What several runs of a log added since the last time makes one bundle and one tile. Until then it lies in
 * `StagedGroups`, as safe: nothing depends on how soon this comes, or whether it comes twice.
 */
export class LayOutLogs {
  private readonly staged: StagedGroups;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly outside: Outside,
  ) {
    this.staged = new StagedGroups(outside.evidence);
  }

  /**
   * Lays out every log that has something staged, as far as its head goes, and forgets what is laid out or can never be
   * signed. One process at a time does: another finds nothing to do. A log that cannot be laid out, as when its files are
   * gone (`EVIDENCE_MISSING`), stays staged and holds up no other. After a crash, the next pass writes the same bytes.
   */
  async run(): Promise<LayoutPass> {
    const groups = await this.staged.look();
    const tenants = [...new Set(groups.flatMap(({ links }) => links.map(({ tenantId }) => tenantId)))];
    const reached = new Map<string, OwnedHead>();
    const errors = new Map<TenantId, unknown>();
    for (let at = 0; at < tenants.length; at += LAID_OUT_AT_ONCE) {
      const some = tenants.slice(at, at + LAID_OUT_AT_ONCE);
      const laid = await this.tenancy.forRelay((tx) => this.layOut(tx, some, errors));
      for (const head of laid) reached.set(head.origin, head);
    }
    await this.staged.forget(groups.filter((group) => isOver(group, reached)).map(({ name }) => name));
    return { logs: reached.size, errors };
  }

  /** Lays out logs as far as their heads go. Returns those heads; none when another process lays out. */
  private async layOut(
    tx: RelayTx,
    tenants: readonly TenantId[],
    errors: Map<TenantId, unknown>,
  ): Promise<OwnedHead[]> {
    if (!(await holdLayout(tx))) return [];
    const heads = await headsOf(tx, tenants, 'READ');
    const chains = await this.staged.chains(heads.map((head) => ({ origin: head.origin, head })));
    const [laid, files, notes]: [OwnedHead[], EvidenceFile[], EvidenceFile[]] = [[], [], []];
    for (const [at, head] of heads.entries()) {
      try {
        const own = await this.filesOf(head, chains[at] ?? []);
        files.push(...own.files);
        notes.push(...own.notes);
        laid.push(head);
      } catch (error) {
        errors.set(head.tenantId, error);
      }
    }
    await this.outside.evidence.put(files);
    // Whoever was stopped meanwhile, and has lost its hold, hears it here: another may have gone further.
    await holdLayout(tx);
    await this.outside.evidence.put(notes);
    for (const head of laid) await this.evidenceOf(head).dropPartials(fullOnes(files, head));
    return laid;
  }

  private async filesOf(head: OwnedHead, batches: readonly Batch[]) {
    const { checkpoint, keys, size } = head;
    const evidence = this.evidenceOf(head);
    const files = await evidence.filesOf(batches, head);
    if (batches.length === 0) await evidence.assertHolds(size);
    const notes = checkpoint === null ? [] : await evidence.signedFiles({ checkpoint, keys });
    return { files, notes };
  }

  private evidenceOf({ origin }: OwnedHead): LogEvidence {
    return new LogEvidence(this.outside.evidence, origin);
  }
}

const fullOnes = (files: readonly EvidenceFile[], { origin }: OwnedHead): string[] =>
  files.map(({ path }) => path).filter((path) => path.startsWith(`${origin}/`));

/** Whether each batch of a group is laid out, or begins where a log that is laid out went on another way. */
const isOver = ({ links }: Group, reached: ReadonlyMap<string, OwnedHead>): boolean =>
  links.every(({ origin, before }: Link) => before.size < (reached.get(origin)?.size ?? -1));
