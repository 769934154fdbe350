import { AuditLog } from '@personr/audit';
import { type DeliveryOptions } from '@personr/delivery';
import { deliveryOver } from '@personr/delivery/testing';
import { EndHold, RemindTransfer } from '@personr/instruction';
import { type Clock } from '@personr/kernel';
import { type ManifestSigner } from '@personr/packages';
import { packagesOver } from '@personr/packages/testing';
import { type ObjectStore, type Stores } from '@personr/stores';
import { anObjectStore } from '@personr/stores/testing';
import { type Tenancy } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { type HoldMirror, type Vault } from '@personr/vault';
import { BringReturns } from './bring-returns.js';
import { BeginErasure } from './begin-erasure.js';
import { BeginLeaving } from './begin-leaving.js';
import { ClearTenant } from './clear-tenant.js';
import { CloseExports } from './close-exports.js';
import { CloseInstructions } from './close-instructions.js';
import { CompleteReceipts } from './complete-receipts.js';
import { type Courier } from './courier.js';
import { EraseStores } from './erase-stores.js';
import { EraseSubjects } from './erase-subjects.js';
import { EraseTenant } from './erase-tenant.js';
import { Erasures } from './erasures.js';
import { type ExecutionOptions } from './execution.options.js';
import { ExportSubject } from './export-subject.js';
import { IssueReceipts } from './issue-receipts.js';
import { KeysInScope } from './keys-in-scope.js';
import { LeaveKeys } from './leave-keys.js';
import { PackTenant } from './pack-tenant.js';
import { ProveBackups } from './prove-backups.js';
import { ReturnSubject } from './return-subject.js';
import { ReturnTenant } from './return-tenant.js';
import { Returns } from './returns.js';
import { RunExecution } from './run-execution.js';
import { RunSteps } from './run-steps.js';
import { RunTimers } from './run-timers.js';
import { SearchAfresh } from './search-afresh.js';
import { SearchTenant } from './search-tenant.js';
import { SendChallenges } from './send-challenges.js';
import { SendTransfer } from './send-transfer.js';
import { SequenceErasures } from './sequence-erasures.js';
import { ShredSubjectKeys } from './shred-subject-keys.js';
import { SuppressSubjects } from './suppress-subjects.js';
import { SweepEverything } from './sweep-everything.js';
import { SweepObjects } from './sweep-objects.js';
import { SweepStores } from './sweep-stores.js';
import { SweepTenant } from './sweep-tenant.js';
import { TakeSnapshot } from './take-snapshot.js';
import { TakeTenantSnapshot } from './take-tenant-snapshot.js';

/** What an execution is built on. */
export type ExecutionParts = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly holds: HoldMirror;
  readonly stores: Stores;
  /** Where packages are put: nowhere that anybody else looks, unless given. */
  readonly objects?: ObjectStore;
  readonly signer?: ManifestSigner;
  /** Who brings what is returned: to endpoints that are named, unless given. */
  readonly courier?: Courier;
  readonly clock: Clock;
  /** Where endpoints may be: on the open internet, unless given. */
  readonly endpoints?: DeliveryOptions;
};

const NO_SIGNER = {} as ManifestSigner;

/** The room's use case, wired by hand. */
export function executionOver(parts: ExecutionParts, options: ExecutionOptions): RunExecution {
  const { tenancy, vault, holds, stores, clock, objects = anObjectStore(), signer = NO_SIGNER } = parts;
  const audit = new AuditLog();
  const steps = new RunSteps(tenancy, clock);
  const keys = new KeysInScope(tenancy, vault, stores);
  const search = new SearchAfresh(tenancy, vault, stores, keys);
  const close = new CloseInstructions(steps, tenancy, vault, new IssueReceipts(audit), clock);
  const prove = new ProveBackups(steps, new TermsReader(clock));
  const erase = new EraseSubjects(
    new BeginErasure(steps, keys, vault, audit),
    new ShredSubjectKeys(steps, keys, vault, audit, new SuppressSubjects(tenancy, vault, stores, clock)),
    new EraseStores(steps, tenancy, stores),
    new SweepStores(steps, tenancy, search, stores, audit, clock),
    prove,
    close,
  );
  const leave = new EraseTenant(
    new BeginLeaving(steps, vault, audit),
    new LeaveKeys(steps, tenancy, keys, vault, audit),
    new ClearTenant(steps, tenancy, stores, vault, clock, options),
    new SweepTenant(steps, tenancy, new SearchTenant(tenancy, vault, stores, keys), stores, audit, clock),
    prove,
    close,
  );
  const packages = packagesOver({ tenancy, vault, stores, objects, clock, signer });
  const { build, builds } = packages;
  const end = new CloseExports(tenancy, builds, vault, new IssueReceipts(audit), audit, clock);
  const exports = new ExportSubject(tenancy, build, builds, end, audit, clock);
  const delivery = deliveryOver({ tenancy, vault, clock }, parts.endpoints);
  const { courier = new BringReturns(tenancy, delivery.courier, audit, clock) } = parts;
  const terms = new TermsReader(clock);
  const send = new SendTransfer(tenancy, builds, courier, terms, audit, clock);
  const returns = new ReturnSubject(
    tenancy,
    new TakeSnapshot(tenancy, vault, audit, clock),
    build,
    send,
    end,
    clock,
  );
  const snapshots = new TakeTenantSnapshot(tenancy, vault, audit, clock);
  const pack = new PackTenant(tenancy, packages.parts, packages.partBuilds, audit, clock, options);
  const returnsOfAll = new ReturnTenant(snapshots, pack, send);
  const erasures = new Erasures(
    erase,
    leave,
    new SequenceErasures(tenancy, audit, clock),
    exports,
    new Returns(returns, returnsOfAll),
    new SendChallenges(tenancy, delivery.send, clock),
  );
  const endHold = new EndHold(tenancy, holds, audit, clock);
  const timers = new RunTimers(tenancy, endHold, new RemindTransfer(audit), clock);
  return new RunExecution(tenancy, erasures, close, timers, clock, options);
}

/** Completes receipts, wired by hand. */
export const completeReceiptsOver = ({
  tenancy,
  vault,
  clock,
}: Omit<ExecutionParts, 'stores' | 'holds' | 'objects' | 'signer'>) =>
  new CompleteReceipts(tenancy, vault, new IssueReceipts(new AuditLog()), clock);

/** Sweeps over everything, wired by hand. */
export const sweepEverythingOver = ({
  tenancy,
  vault,
  stores,
  clock,
}: Omit<ExecutionParts, 'holds' | 'objects' | 'signer'>) =>
  new SweepEverything(
    tenancy,
    vault,
    stores,
    new SearchAfresh(tenancy, vault, stores, new KeysInScope(tenancy, vault, stores)),
    new AuditLog(),
    clock,
  );

/** Sweeps over the objects of these stores, wired by hand. */
export const sweepObjectsOver = ({
  tenancy,
  vault,
  objects,
  clock,
}: Pick<ExecutionParts, 'tenancy' | 'vault' | 'clock'> & { readonly objects: ObjectStore }) =>
  new SweepObjects(tenancy, vault, objects, new AuditLog(), clock);
