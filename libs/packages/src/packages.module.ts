import { type DynamicModule, type InjectionToken, Module, type Type } from '@nestjs/common';
import { DomainError } from '@personr/kernel';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { BuildPackage } from './build-package.js';
import { BuildParts } from './build-parts.js';
import { PackageBuilds } from './package-builds.js';
import { PartBuilds } from './part-builds.js';
import { MANIFEST_SIGNER, type ManifestSigner, PreparePacking } from './prepare-packing.js';
import { ReadPackage } from './read-package.js';
import { Redactor, WithholdDocuments } from './redactor.js';
import { SealedPackages } from './sealed-packages.js';
import { SweepPackages } from './sweep-packages.js';

/** Provides `ReadPackage`: what a process needs that hands packages out. */
@Module({ providers: [SealedPackages, ReadPackage], exports: [ReadPackage] })
export class PackagesModule {}

/**
 * The global provider of the `ManifestSigner`; a process without one builds nothing. Who makes documents fit for a
 * consumer: nobody when left out.
 */
export type BuildingOptions = { readonly signer?: InjectionToken; readonly redactor?: Type<Redactor> };

const NOBODY: ManifestSigner = {
  forOrigin: () => {
    throw new DomainError('KEY_MALFORMED', 'This process has no key that signs a package.');
  },
};

/** Provides `BuildPackage`, `PackageBuilds` and `SweepPackages`: for the worker. */
@Module({})
export class PackageBuildingModule {
  static forRoot({ signer, redactor = WithholdDocuments }: BuildingOptions): DynamicModule {
    return {
      module: PackageBuildingModule,
      global: true,
      providers: [
        SealedRecords,
        SealedDocuments,
        SealedPackages,
        PackageBuilds,
        PreparePacking,
        BuildPackage,
        PartBuilds,
        BuildParts,
        SweepPackages,
        { provide: Redactor, useClass: redactor },
        signer === undefined
          ? { provide: MANIFEST_SIGNER, useValue: NOBODY }
          : { provide: MANIFEST_SIGNER, useExisting: signer },
      ],
      exports: [BuildPackage, BuildParts, PackageBuilds, PartBuilds, SealedPackages, SweepPackages],
    };
  }
}
