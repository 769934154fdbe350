import { Inject, Injectable } from '@nestjs/common';
import { type NoteSigner } from '@personr/proof';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { ForbiddenValues } from './forbidden.js';
import { type Contents, listContents, type Piece, sift } from './list-contents.js';
import { FileList } from './manifest.js';
import { type Opening, openValues } from './open-values.js';
import { PackAnswer } from './pack-answer.js';
import { PackDocuments } from './pack-documents.js';
import { type Build } from './package-builds.js';
import { type PackageOrder, type Withheld } from './package.js';
import { Redactor } from './redactor.js';

/** Signs manifests of the log with this origin. */
export type ManifestSigner = { forOrigin(origin: string): NoteSigner };

/** Provides `ManifestSigner`. */
export const MANIFEST_SIGNER = Symbol('manifest signer');

/** The values to be shown, and what is only named. */
type Sifted = { readonly given: readonly Piece[]; readonly withheld: readonly Omit<Withheld, 'count'>[] };

/** Decides what goes into a package and what is only named. */
@Injectable()
export class PreparePacking {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly records: SealedRecords,
    private readonly documents: SealedDocuments,
    private readonly redactor: Redactor,
    @Inject(MANIFEST_SIGNER) private readonly signer: ManifestSigner,
  ) {}

  /** The package as it is going to be, of what is held now. Throws `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`. */
  async run(order: PackageOrder, { salt }: Build): Promise<PackAnswer> {
    const contents = await this.tenancy.forTenant(order.tenantId, (tx) => listContents(tx, order));
    const isForConsumer = order.answer.audience === 'CONSUMER';
    const forbidden = new ForbiddenValues(isForConsumer ? await this.forbiddenOf(order, contents) : []);
    const files = new FileList(salt);
    const { documents, redactor } = this;
    const { given, withheld } = await this.sifted(order, contents, forbidden);
    return new PackAnswer({
      order,
      contents,
      given,
      withheld,
      forbidden,
      files,
      salt,
      signer: this.signer.forOrigin(contents.origin),
      documents: new PackDocuments({ order, documents, redactor, forbidden, files }),
      open: () =>
        openValues(
          this.opening,
          order.tenantId,
          given.map(({ id }) => id),
        ),
    });
  }

  private get opening(): Opening {
    return { tenancy: this.tenancy, records: this.records };
  }

  private async forbiddenOf({ tenantId }: PackageOrder, { forbidden }: Contents) {
    const values = [];
    for await (const { value } of openValues(this.opening, tenantId, forbidden)) values.push(value);
    return values;
  }

  /** What may be shown; of that, values in which a forbidden one is written are withheld too. */
  private async sifted(
    order: PackageOrder,
    { pieces }: Contents,
    forbidden: ForbiddenValues,
  ): Promise<Sifted> {
    if (order.answer.content === 'CATEGORIES') return { given: [], withheld: sift(pieces, order).withheld };
    const { given, withheld } = sift(pieces, order);
    if (order.answer.audience === 'BUSINESS') return { given, withheld };
    const byId = new Map(given.map((piece) => [piece.id, piece]));
    const more: Omit<Withheld, 'count'>[] = [];
    for await (const { id, element, value } of openValues(this.opening, order.tenantId, [...byId.keys()])) {
      if (!forbidden.isIn(typeof value === 'string' ? value : JSON.stringify(value))) continue;
      more.push({ element, why: 'HOLDS_A_FORBIDDEN_VALUE' });
      byId.delete(id);
    }
    return { given: [...byId.values()], withheld: [...withheld, ...more] };
  }
}
