import { type DynamicModule, type InjectionToken, Module, type Type } from '@nestjs/common';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { BuildPackage } from './build-package.js';
import { PackageBuilds } from './package-builds.js';
import { MANIFEST_SIGNER, PreparePacking } from './prepare-packing.js';
import { ReadPackage } from './read-package.js';
import { Redactor, WithholdDocuments } from './redactor.js';
import { SealedPackages } from './sealed-packages.js';
import { SweepPackages } from './sweep-packages.js';

/** Provides `ReadPackage`: what a process needs that hands packages out. */
@Module({ providers: [SealedPackages, ReadPackage], exports: [ReadPackage] })
export class PackagesModule {}

/** The global provider of the `ManifestSigner`, and who makes documents fit for a consumer: nobody when left out. */
export type BuildingOptions = { readonly signer: InjectionToken; readonly redactor?: Type<Redactor> };

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
        SweepPackages,
        { provide: Redactor, useClass: redactor },
        { provide: MANIFEST_SIGNER, useExisting: signer },
      ],
      exports: [BuildPackage, PackageBuilds, SweepPackages],
    };
  }
}
