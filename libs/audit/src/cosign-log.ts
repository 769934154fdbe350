import { type Clock, type TenantId } from '@personr/kernel';
import { consistencyPath, withCosignatures } from '@personr/proof';
import { type Tenancy } from '@personr/tenancy';
import { insertCosigned, listCosigned } from './anchor.repository.js';
import { askWitness, type Asked } from './ask-witness.js';
import { type EvidenceStore } from './evidence-store.js';
import { awaitLayout } from './hold-layout.js';
import { LogEvidence } from './log-evidence.js';
import { lockHead, type LogHead, readHead, tileReader } from './log.repository.js';
import { type WitnessAddress } from './witness-address.js';

/** What each witness answered, by its name. */
export type Cosigning = ReadonlyMap<string, Asked['is']>;

/** How long each question to a witness may take. */
const PATIENCE_MILLISECONDS = 5_000;

type Signed = LogHead & { readonly checkpoint: string };

/**
 * Takes checkpoints of a log to witnesses outside the house: those of the meta-log, or of a tenant's own log. Signs nothing
 * and stops nothing: a witness that is away, or wrong, leaves the checkpoint as it is.
 */
export class CosignLog {
  /** How far each witness is known to have come with each log; what is not known, it says itself. */
  private readonly stands = new Map<string, number>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly evidence: EvidenceStore,
    private readonly witnesses: readonly WitnessAddress[],
    private readonly patienceMilliseconds = PATIENCE_MILLISECONDS,
  ) {}

  /**
   * Has the newest checkpoint of the log cosigned by every witness that has not, and keeps it with the cosignatures, also in
   * the evidence store while it is still the newest. Returns what each one that was asked answered.
   */
  async run(tenantId: TenantId): Promise<Cosigning> {
    const standing = await this.tenancy.forTenant(tenantId, async (tx) => ({
      head: await readHead(tx),
      cosigned: await listCosigned(tx),
    }));
    const { head, cosigned } = standing;
    if (head?.checkpoint == null || this.witnesses.length === 0) return new Map();
    const before = cosigned.find(({ size }) => size === head.size);
    if (before?.cosignatures === this.witnesses.length) return new Map();
    const signed: Signed = { ...head, checkpoint: head.checkpoint };
    const asked = await Promise.all(this.witnesses.map((address) => this.ask(tenantId, signed, address)));
    await this.keep(tenantId, signed, asked);
    return new Map(asked.map((answer, at) => [this.witnesses[at]?.witness.name ?? '', answer.is]));
  }

  /** Asks from where the witness stands; if it stands elsewhere, once more from there. */
  private async ask(tenantId: TenantId, head: Signed, address: WitnessAddress): Promise<Asked> {
    const place = `${address.witness.name} ${head.origin}`;
    const known = this.stands.get(place) ?? 0;
    const first = await this.askFrom(tenantId, head, { address, oldSize: known > head.size ? 0 : known });
    const isElsewhere = first.is === 'STANDS_AT' && first.size <= head.size;
    const answer = isElsewhere ? await this.askFrom(tenantId, head, { address, oldSize: first.size }) : first;
    if (answer.is === 'COSIGNED') this.stands.set(place, head.size);
    return answer;
  }

  private async askFrom(
    tenantId: TenantId,
    { size, checkpoint }: Signed,
    { address, oldSize }: { address: WitnessAddress; oldSize: number },
  ): Promise<Asked> {
    const path = await this.tenancy.forTenant(tenantId, (tx) =>
      consistencyPath(oldSize, size, tileReader(tx)),
    );
    return askWitness(address, { oldSize, path, checkpoint }, this.patienceMilliseconds);
  }

  private async keep(tenantId: TenantId, head: Signed, asked: readonly Asked[]): Promise<void> {
    const lines = asked.flatMap((answer) =>
      answer.is === 'COSIGNED' ? [answer.checkpoint.slice(head.checkpoint.length)] : [],
    );
    if (lines.length === 0) return;
    const witnesses = this.witnesses.map(({ witness }) => witness);
    const checkpoint = withCosignatures(head.checkpoint, lines.join(''), witnesses);
    const { size } = head;
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const now = await lockHead(tx);
      await insertCosigned(tx, { size, checkpoint, cosignatures: lines.length }, this.clock.now());
      await awaitLayout(tx);
      // Whoever signs the next checkpoint waits for this head, so that none is put back before it.
      if (now?.size === size)
        await publishCosigned(new LogEvidence(this.evidence, head.origin), now, checkpoint);
    });
  }
}

async function publishCosigned(evidence: LogEvidence, head: LogHead, checkpoint: string): Promise<void> {
  await evidence.settle(head);
  await evidence.publishCheckpoint(checkpoint);
}
