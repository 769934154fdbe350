import { Injectable } from '@nestjs/common';
import { type Counts } from './manifest.js';
import { type Beat, type Build, PackageBuilds } from './package-builds.js';
import { type PackageOrder } from './package.js';
import { PreparePacking } from './prepare-packing.js';
import { type SealedPackage, SealedPackages } from './sealed-packages.js';
import { zipped } from './zip.js';

/** A package whose bytes rest, before it is released. */
export type BuiltPackage = {
  readonly build: Build;
  readonly sealed: SealedPackage;
  readonly manifestSha256: string;
  readonly counts: Counts;
};

/** Builds the package of an answer. */
@Injectable()
export class BuildPackage {
  constructor(
    private readonly prepare: PreparePacking,
    private readonly builds: PackageBuilds,
    private readonly packages: SealedPackages,
  ) {}

  /**
   * Builds the package into the object store, sealed as it is made: neither whole in memory nor in the clear on a disk.
   * The same order and state lead to the same bytes. Nothing is released: `PackageBuilds.finish` does that. `beat` is
   * called every few seconds. Of a failure nothing is left. Throws `FORBIDDEN_VALUE_IN_EXPORT`,
   * `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`, `BrokenDocument`, and what a store throws that does not answer.
   */
  async run(order: PackageOrder, beat: Beat): Promise<BuiltPackage> {
    const build = await this.builds.begin(order);
    try {
      const { tenantId } = order;
      const packing = await this.prepare.run(order, build);
      const bytes = this.builds.alive(build, zipped(packing.entries()), beat);
      const sealed = await this.packages.put(tenantId, { place: build, keyId: build.keyId, bytes });
      return { build, sealed, ...packing.done() };
    } catch (error) {
      await this.builds.abandon(build);
      throw error;
    }
  }
}
