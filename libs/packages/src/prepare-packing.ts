import { Inject, Injectable } from '@nestjs/common';
import { type NoteSigner } from '@personr/proof';
import { SealedDocuments, SealedRecords } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { ForbiddenValues } from './forbidden.js';
import { ConsumerGate, OPEN_GATE } from './gate.js';
import { knownForbidden, type Reading } from './known-forbidden.js';
import { type Contents, listContents, type Piece, sift } from './list-contents.js';
import { FileList } from './manifest.js';
import { openValues } from './open-values.js';
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
    const forbidden = isForConsumer
      ? await knownForbidden(this.reading, order.tenantId, contents)
      : new ForbiddenValues([]);
    const files = new FileList(salt);
    const { documents, redactor } = this;
    const gate = isForConsumer ? new ConsumerGate(forbidden, redactor) : OPEN_GATE;
    const { given, withheld } = await this.sifted(order, contents, forbidden);
    return new PackAnswer({
      order,
      contents,
      given,
      withheld,
      gate,
      files,
      salt,
      signer: this.signer.forOrigin(contents.origin),
      documents: new PackDocuments({
        order,
        documents,
        redactor,
        forbidden: forbidden.known,
        gate,
        files,
      }),
      open: () =>
        openValues(
          this.reading,
          order.tenantId,
          given.map(({ id }) => id),
        ),
    });
  }

  private get reading(): Reading {
    return { tenancy: this.tenancy, records: this.records, documents: this.documents };
  }

  /** What may be shown; of that, values in which a forbidden one is written are withheld too. */
  private async sifted(
    order: PackageOrder,
    { pieces, kept }: Contents,
    forbidden: ForbiddenValues,
  ): Promise<Sifted> {
    const { given, withheld: unfit } = sift(pieces, order);
    const withheld = [...unfit, ...kept.map((element) => ({ element, why: 'KEPT_FOR_A_GROUND' as const }))];
    if (order.answer.content === 'CATEGORIES') return { given: [], withheld };
    if (order.answer.audience === 'BUSINESS') return { given, withheld };
    const byId = new Map(given.map((piece) => [piece.id, piece]));
    const more: Omit<Withheld, 'count'>[] = [];
    for await (const { id, element, value } of openValues(this.reading, order.tenantId, [...byId.keys()])) {
      if (!forbidden.isIn(typeof value === 'string' ? value : JSON.stringify(value))) continue;
      more.push({ element, why: 'HOLDS_A_FORBIDDEN_VALUE' });
      byId.delete(id);
    }
    return { given: [...byId.values()], withheld: [...withheld, ...more] };
  }
}
