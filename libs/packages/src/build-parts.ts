import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type NoteSigner } from '@personr/proof';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { packListing } from './pack-listing.js';
import { PackPart } from './pack-part.js';
import { type Beat } from './package-builds.js';
import { LISTING, type ListedPart, PART_LIMITS, type PartLimits, type PartsOrder } from './part.js';
import { type BuiltPart, PartBuilds, type PartBuild } from './part-builds.js';
import { lastPart, listParts, type PartSubject, planPart, totalParts } from './part.repository.js';
import { MANIFEST_SIGNER, type ManifestSigner } from './prepare-packing.js';
import { SealedPackages } from './sealed-packages.js';
import { type Entry, zipped } from './zip.js';

/** Builds what is returned in parts, one after the other, and the package that lists them. */
@Injectable()
export class BuildParts {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly records: SealedRecords,
    private readonly documents: SealedDocuments,
    private readonly packages: SealedPackages,
    private readonly builds: PartBuilds,
    @Inject(MANIFEST_SIGNER) private readonly signer: ManifestSigner,
  ) {}

  /**
   * Builds the part after the last that is whole, as `BuildPackage` builds a package; null when nobody is left. Nothing is
   * released: `PartBuilds.finish` does that, and what comes next begins after it. Of a failure nothing is left. Throws
   * `BrokenDocument`, `KEY_SHREDDED`, `SEAL_BROKEN`, and what `beat` and a store throw.
   */
  async next(order: PartsOrder, beat: Beat, limits: PartLimits = PART_LIMITS): Promise<BuiltPart | null> {
    const { last, subjects } = await this.tenancy.forTenant(order.tenantId, async (tx) => {
      const before = await lastPart(tx, order.instructionId);
      return { last: before, subjects: await planPart(tx, before?.lastSubjectId ?? null, limits) };
    });
    if (subjects.length === 0) return null;
    return this.part(order, { part: (last?.part ?? LISTING) + 1, subjects }, beat);
  }

  /** Builds the package that lists the parts that are whole. As `next`. */
  async listing(order: PartsOrder, beat: Beat): Promise<BuiltPart> {
    const { origin, signer } = await this.signing(order);
    const { parts, totals } = await this.tenancy.forTenant(order.tenantId, async (tx) => ({
      parts: await listParts(tx, order.instructionId),
      totals: await totalParts(tx, order.instructionId),
    }));
    return this.built(order, LISTING, async (build) => {
      const packing = packListing({ order, parts, totals, origin, signer });
      const { sealed, sha256 } = await this.put(build, packing.entries(), beat);
      const { subjects, records, documents: files, consents, withheld } = totals;
      const counts = { subjects, records, documents: files, consents, withheld };
      const facts = { ...counts, sha256, firstSubjectId: parts[0]?.firstSubjectId ?? null };
      return { sealed, manifestSha256: packing.done(), facts, lastSubjectId: null };
    });
  }

  private async part(
    order: PartsOrder,
    { part, subjects }: { readonly part: number; readonly subjects: readonly PartSubject[] },
    beat: Beat,
  ): Promise<BuiltPart> {
    const { tenancy, records, documents } = this;
    const { origin, signer } = await this.signing(order);
    return this.built(order, part, async (build) => {
      const packing = new PackPart({ tenancy, records, documents, order, part, subjects, origin, signer });
      const { sealed, sha256 } = await this.put(build, packing.entries(), beat);
      const { manifestSha256, counts } = packing.done();
      const facts = { ...counts, sha256, firstSubjectId: subjects[0]?.id ?? null };
      return { sealed, manifestSha256, facts, lastSubjectId: subjects.at(-1)?.id ?? null };
    });
  }

  private async built(
    order: PartsOrder,
    part: ListedPart['part'],
    make: (build: PartBuild) => Promise<Omit<BuiltPart, 'build'>>,
  ): Promise<BuiltPart> {
    const build = await this.builds.begin(order, part);
    try {
      return { build, ...(await make(build)) };
    } catch (error) {
      await this.builds.abandon(build);
      throw error;
    }
  }

  private async put(build: PartBuild, entries: AsyncIterable<Entry> | Iterable<Entry>, beat: Beat) {
    const hash = createHash('sha256');
    async function* hashed(): AsyncIterable<Uint8Array> {
      for await (const piece of zipped(entries)) {
        hash.update(piece);
        yield piece;
      }
    }
    const bytes = this.builds.alive(build, hashed(), beat);
    const sealed = await this.packages.put(build.tenantId, { place: build, keyId: build.keyId, bytes });
    return { sealed, sha256: hash.digest('hex') };
  }

  private async signing({ tenantId }: PartsOrder): Promise<{ origin: string; signer: NoteSigner }> {
    const { origin } = await this.tenancy.forTenant(tenantId, (tx) =>
      tx.logHead.findUniqueOrThrow({ where: { tenantId } }),
    );
    return { origin, signer: this.signer.forOrigin(origin) };
  }
}
