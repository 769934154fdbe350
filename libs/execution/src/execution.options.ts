import { type Type } from '@nestjs/common';
import { type PartLimits } from '@personr/packages';
import { type WorkLane } from '@personr/work';
import { type Courier } from './courier.js';

/**
 * How work is held. `leaseSeconds`: after how long work that its holder no longer renews may be taken over.
 * `batchSize`: how many instructions of one tenant are carried out together at most. Of the erasure of everything:
 * `turnMilliseconds`, after which others go first, and `subjectsAtOnce`, how many are removed in one transaction;
 * as the room finds good when left out. `exportsAtOnce`: how many packages are built at once in a lane, as many as come
 * when left out. `partLimits`: how large a part becomes of what is returned of a whole tenant. `courier`: who brings packages that are returned to where they go; the endpoint that the
 * instruction names, or left for download, when left out.
 */
export type ExecutionOptions = {
  readonly leaseSeconds: number;
  readonly batchSize: number;
  readonly turnMilliseconds?: number;
  readonly subjectsAtOnce?: number;
  readonly exportsAtOnce?: Readonly<Record<WorkLane, number>>;
  readonly partLimits?: PartLimits;
  readonly courier?: Type<Courier>;
};

/** Provides `ExecutionOptions`. */
export const EXECUTION_OPTIONS = Symbol('execution options');
