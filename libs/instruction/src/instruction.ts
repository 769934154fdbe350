import { type EndpointId } from '@personr/delivery';
import { type ApiClientId, type InstructionId, type SubjectId, type SubjectRef } from '@personr/kernel';
import {
  type Audience,
  type Basis,
  type Deadline,
  type ElementCode,
  type ExportContent,
  type ExportNotice,
  type ExportOrder,
  type InstructionType,
  type Lookback,
  type Manner,
  type Verification,
  type WaiverReason,
} from '@personr/law';
import { type Identity } from '@personr/subjects';
import { type AgreementId, type InstructorId } from '@personr/terms';
import { type InstructionState } from './instruction-state.js';
import { type Transfer } from './transfer.js';

/** What a Business received from the consumer: three of the six facts that Reg. 7101(b) wants kept. */
export type ConsumerRequest = {
  readonly receivedAt: Date;
  readonly manner: Manner;
  readonly nature: string;
};

/** How the person is named in an instruction: by our id, or by who it is. */
export type SubjectAddress =
  | { readonly by: 'ID'; readonly id: SubjectId }
  | { readonly by: 'IDENTITIES'; readonly identities: readonly Identity[] };

/** The written order itself: its text, or the hash of a signed document. */
export type Writing = {
  readonly instructorId: string | null;
  readonly text: string | null;
  readonly documentSha256: string | null;
};

/** What an EXPORT is to hold, for whom, and how far it goes back; nothing said is null. */
export type ExportRequest = {
  readonly content: ExportContent;
  readonly audience: Audience;
  readonly lookback: Lookback;
  /** Why it is given although no more answers are owed; not waived when left out. */
  readonly waiver?: WaiverReason | null;
  readonly notice?: ExportNotice;
  /** The recipient of `age` that whoever takes it gets it encrypted to. */
  readonly encryptTo?: string | null;
};

/** How a RETURN gets to the Business: brought to an endpoint, or left for download; encrypted to a recipient of `age`, or as it is. */
export type ReturnRequest = {
  readonly endpointId: EndpointId | null;
  readonly encryptTo: string | null;
};

/** An instruction as a tenant sends it. */
export type NewInstruction = {
  readonly type: InstructionType;
  readonly basis: Basis;
  readonly subject: SubjectAddress;
  readonly writing: Writing;
  readonly consumerRequest: ConsumerRequest | null;
  readonly verification: Verification | null;
  /** The elements to be erased; all when empty. */
  readonly scopeElements: readonly ElementCode[];
  /** Whether it goes before others. */
  readonly urgent: boolean;
  /** Of an EXPORT, and of nothing else. */
  readonly export?: ExportRequest | null;
  /** Of a RETURN, and of nothing else. */
  readonly return?: ReturnRequest | null;
};

/** An instruction as it is kept. */
export type Instruction = {
  readonly id: InstructionId;
  readonly type: InstructionType;
  readonly basis: Basis;
  readonly state: InstructionState;
  readonly flags: readonly string[];
  readonly subjectId: SubjectId | null;
  readonly subjectRef: SubjectRef | null;
  readonly apiClientId: ApiClientId;
  /** The agreement it rests on; null for our own Business. */
  readonly agreementId: AgreementId | null;
  /** Who gave it; null for the registration of the credential itself. */
  readonly instructorId: InstructorId | null;
  readonly scopeElements: readonly ElementCode[];
  readonly urgent: boolean;
  /** Whether it is about everything that the tenant has. */
  readonly wholeTenant?: boolean;
  /** Of an EXPORT or a RETURN: what it holds, for whom, and from when on. */
  readonly exportOrder?: ExportOrder | null;
  readonly consumerRequest: ConsumerRequest | null;
  readonly writingCommitment: string;
  readonly policyVersion: string;
  readonly acceptedAt: Date;
  readonly finishedAt: Date | null;
  readonly sealedAt: Date | null;
  readonly unreadableAt: Date | null;
  readonly erasedAt: Date | null;
  /** Until when no guess of an identity can be confirmed from any copy any more; null before anything was shredded. */
  readonly unguessableDueAt: Date | null;
  readonly unguessableAt: Date | null;
};

/** One move in an instruction's life. */
export type Transition = {
  readonly from: InstructionState | null;
  readonly to: InstructionState;
  readonly event: string;
  readonly at: Date;
};

/** A clock of the instruction and when it was met, if it was. */
export type InstructionDeadline = Deadline & { readonly metAt: Date | null };

/** A part of the execution, as the view shows it. */
export type StepSummary = {
  readonly name: string;
  readonly state: 'STARTED' | 'DONE';
  readonly startedAt: Date;
  readonly doneAt: Date | null;
  /** How much of it is done, of how much: stores, keys, sets, in their numbers. */
  readonly done: number;
  readonly total: number;
  /** How many bytes that came to, so far; null of a step that has none. */
  readonly bytes: number | null;
};

/** Everything a tenant may see of its instruction. */
export type InstructionView = {
  readonly instruction: Instruction;
  readonly history: readonly Transition[];
  readonly deadlines: readonly InstructionDeadline[];
  readonly steps: readonly StepSummary[];
  /** Of a RETURN, once its package is made. */
  readonly transfer: Transfer | null;
};
