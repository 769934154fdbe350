import { AnchoredReader, AuditLog, CountedLog } from '@personr/audit';
import { IdempotentRequests } from '@personr/idempotency';
import { TermsReader } from '@personr/terms';
import { type Foundations, subjectsOver } from '@personr/subjects/testing';
import { type IntentMirror } from '@personr/vault';
import { AcceptInstruction } from './accept-instruction.js';
import { AcceptInstructions } from './accept-instructions.js';
import { AcknowledgeTransfer } from './acknowledge-transfer.js';
import { AcceptLeaving, type LeavingOrder } from './accept-leaving.js';
import { FindInstruction } from './find-instruction.js';
import { type ExportRequest, type NewInstruction } from './instruction.js';
import { InstructionLog } from './instruction.log.js';
import { JudgeOrders } from './judge-orders.js';
import { KnowLimit } from './know-limit.js';
import { KeepIntents } from './keep-intents.js';
import { ReadReceipt } from './read-receipt.js';
import { ResolveSubjects } from './resolve-subjects.js';
import { SealWriting } from './seal-writing.js';
import { WriteInstructions } from './write-instructions.js';

type Intents = Pick<IntentMirror, 'put'>;

const NOWHERE: Intents = { put: () => Promise.resolve() };

/** A DELETE that a consumer asked for on 23 November 2026, verified to a reasonably high degree, unless changed. */
export const anInstruction = (changes: Partial<NewInstruction> = {}): NewInstruction => ({
  type: 'DELETE',
  basis: 'CONSUMER_REQUEST',
  subject: { by: 'IDENTITIES', identities: [{ type: 'EXTERNAL_ID', value: 'cust-1' }] },
  writing: { instructorId: null, text: 'Erase everything held about this customer.', documentSha256: null },
  consumerRequest: { receivedAt: new Date('2026-11-23T18:04:00.000Z'), manner: 'EMAIL', nature: 'DELETE' },
  verification: {
    level: 'REASONABLY_HIGH',
    method: 'ACCOUNT_REAUTH',
    points: ['EMAIL', 'DATE_OF_BIRTH', 'DOCUMENT_NUMBER'],
    declaration: true,
    verifiedAt: new Date('2026-11-23T18:20:00.000Z'),
  },
  scopeElements: [],
  urgent: false,
  ...changes,
});

/** An EXPORT of specific pieces for the consumer, ordered with the rest of `anInstruction`, unless changed. */
export const anExport = (
  asked: Partial<ExportRequest> = {},
  changes: Partial<NewInstruction> = {},
): NewInstruction =>
  anInstruction({
    type: 'EXPORT',
    writing: { instructorId: null, text: 'Give this customer what is held.', documentSha256: null },
    export: { content: 'SPECIFIC_PIECES', audience: 'CONSUMER', lookback: null, ...asked },
    ...changes,
  });

/** A RETURN of all that is held, ordered with the rest of `anInstruction`, unless changed. */
export const aReturn = (changes: Partial<NewInstruction> = {}): NewInstruction =>
  anInstruction({
    type: 'RETURN',
    writing: { instructorId: null, text: 'Return what is held of this customer.', documentSha256: null },
    ...changes,
  });

/** A Business's order to erase everything at the end of its agreement, unless changed. */
export const aLeaving = (changes: Partial<LeavingOrder> = {}): LeavingOrder => ({
  ...anInstruction(),
  basis: 'AGREEMENT_END',
  writing: { instructorId: null, text: 'Erase everything you hold for us.', documentSha256: null },
  consumerRequest: null,
  verification: null,
  ...changes,
});

/** The room's use cases, wired by hand, with those of subjects beside them. Accepted instructions are kept nowhere else unless `intents` are given. */
export function instructionsOver({ intents = NOWHERE, ...foundations }: Foundations & { intents?: Intents }) {
  const { tenancy, vault, clock } = foundations;
  const subjects = subjectsOver(foundations);
  const requests = new IdempotentRequests(vault, clock);
  const resolve = new ResolveSubjects(subjects.find, subjects.inventory);
  const judge = new JudgeOrders(new TermsReader(clock));
  const keep = new KeepIntents(tenancy, intents as IntentMirror);
  const audit = new AuditLog();
  const log = new InstructionLog(audit, new CountedLog(tenancy, audit, clock), clock);
  const seal = new SealWriting(vault);
  const write = new WriteInstructions(judge, resolve, seal, requests, log, new KnowLimit());
  const acceptAll = new AcceptInstructions(tenancy, requests, resolve, write, keep, log);
  const find = new FindInstruction(tenancy);
  return {
    subjects,
    requests,
    acceptAll,
    accept: new AcceptInstruction(acceptAll, find, log),
    leave: new AcceptLeaving(tenancy, new TermsReader(clock), seal, requests, keep, log),
    find,
    receipts: new ReadReceipt(tenancy, new AnchoredReader(tenancy)),
    acknowledge: new AcknowledgeTransfer(tenancy, vault, audit, clock),
  };
}
