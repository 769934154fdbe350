import { type components, type operations } from './openapi.gen.js';

type Schemas = components['schemas'];

/** The closed codes of a problem document. */
export type ProblemCode = Schemas['ProblemCode'];

/** A person to be taken in, and what came of it. */
export type Admission = Schemas['AdmitBody'];
export type Admitted = Schemas['AdmittedView'];

/** A line of an import, what came of it, and what came of the whole. */
export type ImportLine = Schemas['ImportLineBody'];
export type ImportResult = Schemas['ImportedView'] | Schemas['ImportRefusedView'];
export type ImportSummary = Schemas['ImportSummaryView'];

/** What is held of a person, without values. */
export type Inventory = Schemas['InventoryView'];

/** A value about a person, as it is sent and as it is opened. */
export type NewRecord = Schemas['RecordBody'];
export type OpenedRecord = Schemas['OpenedRecordView'];

/** What a document is: everything but its bytes. And what came of it. */
export type NewDocument = operations['addDocument']['parameters']['query'];
export type TakenDocument = Schemas['TakenDocumentView'];

/** What values to open, and what for. */
export type Reading = Schemas['ReadBody'];

/** Whom to look up: exactly one of `externalId` and `identity`. */
export type Whom = Schemas['LookupBody'];

/** A written order, and how far it is. */
export type Order = Schemas['InstructionBody'];
export type Instruction = Schemas['InstructionView'];
export type InstructionState = Schemas['InstructionState'];

/** A line of a batch of orders, what came of it, and what came of the whole. */
export type OrderLine = Schemas['BatchLineBody'];
export type OrderResult = Schemas['BatchAcceptedView'] | Schemas['BatchRefusedView'];
export type BatchSummary = Schemas['BatchSummaryView'];
