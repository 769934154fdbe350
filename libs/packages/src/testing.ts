import { AuditLog } from '@personr/audit';
import { type Clock } from '@personr/kernel';
import { type ObjectStore, type Stores } from '@personr/stores';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { type Tenancy } from '@personr/tenancy';
import { type Vault } from '@personr/vault';
import { BuildPackage } from './build-package.js';
import { BuildParts } from './build-parts.js';
import { PartBuilds } from './part-builds.js';
import { type ManifestSigner, PreparePacking } from './prepare-packing.js';
import { PackageBuilds } from './package-builds.js';
import { ReadPackage } from './read-package.js';
import { type Redactor, WithholdDocuments } from './redactor.js';
import { SealedPackages } from './sealed-packages.js';
import { SweepPackages } from './sweep-packages.js';

/** What the room is built on. Nobody redacts unless somebody is given. */
export type PackagesParts = {
  readonly tenancy: Tenancy;
  readonly vault: Vault;
  readonly stores: Stores;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly signer: ManifestSigner;
  readonly redactor?: Redactor;
};

/** The room's use cases, wired by hand. */
export function packagesOver({ tenancy, vault, stores, objects, clock, signer, redactor }: PackagesParts) {
  const sealed = new SealedPackages(vault, objects);
  const builds = new PackageBuilds(tenancy, vault, sealed, clock);
  const audit = new AuditLog();
  const partBuilds = new PartBuilds(tenancy, vault, sealed, builds, clock);
  const records = new SealedRecords(vault, stores, clock);
  const documents = new SealedDocuments(vault, objects);
  return {
    builds,
    partBuilds,
    parts: new BuildParts(tenancy, records, documents, sealed, partBuilds, signer),
    build: new BuildPackage(
      new PreparePacking(tenancy, records, documents, redactor ?? new WithholdDocuments(), signer),
      builds,
      sealed,
    ),
    read: new ReadPackage(tenancy, sealed, audit, clock),
    sweep: new SweepPackages(tenancy, sealed, audit, clock),
  };
}
