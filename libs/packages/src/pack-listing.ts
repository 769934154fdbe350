import { createHash } from 'node:crypto';
import { canonicalJson } from '@personr/kernel';
import { type NoteSigner, signNote } from '@personr/proof';
import { OPEN_GATE } from './gate.js';
import { FileList } from './manifest.js';
import { type ListedPart, PARTS_FORMAT, type PartsOrder, type PartTotals } from './part.js';
import { type Entry } from './zip.js';

/** What parts are listed with. */
export type Listing = {
  readonly order: PartsOrder;
  readonly parts: readonly ListedPart[];
  readonly totals: PartTotals;
  readonly origin: string;
  readonly signer: NoteSigner;
};

/** The package that lists the parts: its manifest names the hash of every part's manifest, and its own hash is acknowledged. */
export function packListing({ order, parts, totals, origin, signer }: Listing) {
  const files = new FileList(order.salt);
  let manifestSha256: string | null = null;
  const text = (path: string, content: string): Entry => ({ path, bytes: OPEN_GATE.texts(path, [content]) });
  function* entries(): Iterable<Entry> {
    yield files.listed(text('README.txt', readmeOf(origin, order, parts.length)));
    const manifest = `${canonicalJson({
      format: PARTS_FORMAT,
      origin,
      tenantId: order.tenantId,
      instructionId: order.instructionId,
      type: 'RETURN',
      audience: 'BUSINESS',
      takenAt: order.takenAt.toISOString(),
      policyVersion: order.policyVersion,
      counts: totals,
      salt: Buffer.from(order.salt).toString('hex'),
      files: files.all(),
      parts,
    })}\n`;
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    yield text('manifest.json', manifest);
    const note = `${PARTS_FORMAT}\n${origin}\n${order.instructionId}\n${sha256}\n`;
    yield text('manifest.sig', signNote(note, [signer]));
    manifestSha256 = sha256;
  }
  return {
    entries,
    /** The hash of the manifest, once every file has been taken. */
    done: (): string => {
      if (manifestSha256 === null) throw new Error('the listing is not whole');
      return manifestSha256;
    },
  };
}

const readmeOf = (
  origin: string,
  { instructionId }: PartsOrder,
  parts: number,
): string => `Everything that is held for you, in ${parts} parts

manifest.json     Every part: its number, how many subjects, values, documents and consents it holds, its size,
                  the SHA-256 of the zip and of its own manifest.json.
manifest.sig      The SHA-256 of this manifest.json, signed by the key of the log ${origin}
                  as a signed note (C2SP).

Instruction       ${instructionId}

Take every part, compare its SHA-256 with the manifest, and acknowledge with the SHA-256 of this manifest.json.
Everything that the parts hold is erased then, but for what is on hold, and nothing before.

To check a part:  sha256sum part-1.zip
`;
