import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { type EarlierAnswer, type IdempotentRequest, IdempotentRequests } from '@personr/idempotency';
import { type ApiClientId, DomainError, type InstructionId, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { enqueueWorks, type NewWork, type WorkLane } from '@personr/work';
import { type AcceptOutcome, type LineOutcome } from './acceptance.js';
import { insertInstructions, type InstructionInsert } from './accepted-instruction.repository.js';
import { type Acceptance, toInsert, viewOf } from './accepted-instruction.js';
import { InstructionLog } from './instruction.log.js';
import { findInstructions } from './instruction.repository.js';
import { type Footing, JudgeOrders } from './judge-orders.js';
import { type Addressed, ResolveSubjects } from './resolve-subjects.js';
import { KnowLimit } from './know-limit.js';
import { SealWriting } from './seal-writing.js';
import { verifiedOrder } from './verified-order.js';

/** Who orders, and as which credential. */
export type Orderer = Caller & { readonly clientId: ApiClientId };

/** An order that can be judged: by its place among those that came with it. */
export type PreparedLine = Addressed & {
  readonly position: number;
  readonly request: IdempotentRequest | null;
  readonly requestId?: string | undefined;
};

type Judged = PreparedLine & { readonly footing: Footing };
type Going = Judged & Pick<Acceptance, 'target'>;
/** An instruction that was there before, and how a line comes to it. */
type Known = { readonly line: PreparedLine; readonly id: InstructionId; readonly outcome: AcceptOutcome };

/** Writes what was ordered, in the caller's transaction and by a statement for all. */
@Injectable()
export class WriteInstructions {
  constructor(
    private readonly judgeOrders: JudgeOrders,
    private readonly resolveSubjects: ResolveSubjects,
    private readonly sealWriting: SealWriting,
    private readonly requests: IdempotentRequests,
    private readonly log: InstructionLog,
    private readonly knowLimit: KnowLimit,
  ) {}

  /** What became of each line, by its position. Of two lines with one key the second is still running. */
  async run(
    tx: TenantTx,
    orderer: Orderer,
    { lines, lane }: { lines: readonly PreparedLine[]; lane: WorkLane },
  ): Promise<ReadonlyMap<number, LineOutcome>> {
    const outcomes = new Map<number, LineOutcome>();
    const { fresh, replayed } = await this.begin(tx, lines, outcomes);
    const { going, erased } = await this.judge(tx, orderer, { lines: fresh, outcomes });
    const accepted = await this.accept(tx, orderer, { going, lane, outcomes });
    await this.finish(tx, [
      ...accepted.map(({ line, id }) => ({ line, id, status: 202 })),
      ...erased.map(({ line, id }) => ({ line, id, status: 200 })),
    ]);
    await this.answerAgain(tx, [...replayed, ...erased], outcomes);
    return outcomes;
  }

  private async begin(
    tx: TenantTx,
    lines: readonly PreparedLine[],
    outcomes: Map<number, LineOutcome>,
  ): Promise<{ fresh: PreparedLine[]; replayed: Known[] }> {
    const named = lines.flatMap(({ request }) => request ?? []);
    const places = (await this.requests.beginAll(tx, named)).values();
    const fresh: PreparedLine[] = [];
    const replayed: Known[] = [];
    for (const line of lines) {
      const place = line.request === null ? null : (places.next().value ?? null);
      if (place instanceof DomainError) outcomes.set(line.position, place);
      else if (place === null) fresh.push(line);
      else replayed.push(knownBy(line, place));
    }
    return { fresh, replayed };
  }

  private async judge(
    tx: TenantTx,
    { clientId }: Orderer,
    { lines, outcomes }: { lines: readonly PreparedLine[]; outcomes: Map<number, LineOutcome> },
  ): Promise<{ going: Going[]; erased: Known[] }> {
    const orders = lines.map(({ order }) => order);
    const footings = await this.judgeOrders.run(tx, clientId, orders);
    const judged = lines.flatMap((line, at): Judged[] => {
      const footing = footings[at];
      if (footing === undefined || footing instanceof DomainError) return refuse(outcomes, line, footing);
      return [{ ...line, footing }];
    });
    const targets = await this.resolveSubjects.settle(tx, judged);
    const going: Going[] = [];
    const erased: Known[] = [];
    for (const [at, line] of judged.entries()) {
      const target = targets[at];
      if (target === undefined || target instanceof DomainError) refuse(outcomes, line, target);
      else if (target.kind === 'ERASED') erased.push({ line, id: target.by, outcome: 'ALREADY_ERASED' });
      else {
        const order = verifiedOrder(line, target);
        if (order instanceof DomainError) refuse(outcomes, line, order);
        else going.push({ ...line, order, target });
      }
    }
    return { going: await this.owed(tx, going, outcomes), erased };
  }

  /** Those of the orders to which an answer is owed. */
  private async owed(
    tx: TenantTx,
    going: readonly Going[],
    outcomes: Map<number, LineOutcome>,
  ): Promise<Going[]> {
    const beyond = await this.knowLimit.refusals(tx, going);
    for (const [line, refusal] of beyond) refuse(outcomes, line, refusal);
    return going.filter((line) => !beyond.has(line));
  }

  private async accept(
    tx: TenantTx,
    orderer: Orderer,
    {
      going,
      lane,
      outcomes,
    }: { going: readonly Going[]; lane: WorkLane; outcomes: Map<number, LineOutcome> },
  ): Promise<{ line: PreparedLine; id: InstructionId }[]> {
    if (going.length === 0) return [];
    const begun = going.map((line) => ({ line, id: newId<'instruction'>(line.footing.at) }));
    const writings = await this.sealWriting.run(
      tx.tenantId,
      begun.map(({ line, id }) => ({ id, writing: line.order.writing })),
    );
    const made = begun.map(({ line, id }, at) => {
      const writing = writings[at];
      if (writing === undefined) throw new Error('every order is sealed');
      return { line, insert: { ...toInsert({ ...line, id, clientId: orderer.clientId }), writing } };
    });
    const inserts = made.map(({ insert }) => insert);
    await insertInstructions(tx, inserts);
    await this.log.accepted(
      tx,
      orderer,
      made.map(({ line: { requestId }, insert }) => ({ ...insert, requestId })),
    );
    await enqueueWorks(tx, worksOf(inserts, lane));
    return made.map(({ line, insert }) => {
      const view = viewOf(insert);
      outcomes.set(line.position, { outcome: 'ACCEPTED', instruction: view.instruction, view });
      return { line, id: insert.id };
    });
  }

  private finish(
    tx: TenantTx,
    ended: readonly { line: PreparedLine; id: InstructionId; status: number }[],
  ): Promise<void> {
    return this.requests.finishAll(
      tx,
      ended.flatMap(({ line: { request }, id, status }) =>
        request === null ? [] : [{ request, answer: { resourceIds: [id], status } }],
      ),
    );
  }

  /** A replay is answered as it was, whatever has become of the subject since. */
  private async answerAgain(
    tx: TenantTx,
    known: readonly Known[],
    outcomes: Map<number, LineOutcome>,
  ): Promise<void> {
    if (known.length === 0) return;
    const found = await findInstructions(
      tx,
      known.map(({ id }) => id),
    );
    const byId = new Map(found.map((instruction) => [instruction.id, instruction]));
    for (const { line, id, outcome } of known) {
      const instruction = byId.get(id);
      outcomes.set(
        line.position,
        instruction === undefined
          ? new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.')
          : { outcome, instruction, view: null },
      );
    }
  }
}

const worksOf = (inserts: readonly InstructionInsert[], lane: WorkLane): NewWork[] =>
  inserts.map(({ id, acceptedAt: dueAt, urgent }) => ({
    kind: 'EXECUTE_INSTRUCTION',
    referenceId: id,
    dueAt,
    lane: urgent ? 'URGENT' : lane,
  }));

const knownBy = (line: PreparedLine, { resourceIds: [id], status }: EarlierAnswer): Known => ({
  line,
  id: id as InstructionId,
  outcome: status === 200 ? 'ALREADY_ERASED' : 'REPLAYED',
});

function refuse(
  outcomes: Map<number, LineOutcome>,
  { position }: PreparedLine,
  refusal: DomainError | undefined,
): [] {
  if (refusal === undefined) throw new Error('every order is judged');
  outcomes.set(position, refusal);
  return [];
}
