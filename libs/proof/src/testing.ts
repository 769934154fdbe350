import { canonicalJson, type Json } from '@personr/kernel';
import { utf8 } from './bytes.js';
import { formatCheckpoint } from './checkpoint.js';
import { cosignatureLine, type Cosigner, ed25519Cosigner } from './cosignature.js';
import { ed25519Signer } from './ed25519.js';
import { growTree } from './grow-tree.js';
import { metaEntry } from './meta-log.js';
import { type NoteSigner, readNote, signNote } from './note.js';
import { type ReceiptBody } from './receipt-body.js';
import { type AnchorParts, composeReceipt, receiptCommitment, type Receipt } from './receipt.js';
import {
  encodeBundle,
  entryBundlePath,
  TILE_WIDTH,
  tilePath,
  trimTile,
  type Tile,
  type TileReader,
} from './tile.js';
import { inclusionPath } from './tiled-tree.js';
import { EMPTY_ROOT, HASH_BYTES, hashLeaf } from './tree.js';

/** A log's tiles in memory: each place keeps its widest tile, as a log does, and trims what it gives. */
export class MemoryLog {
  readonly tiles = new Map<string, Uint8Array>();
  size = 0;
  root = EMPTY_ROOT;

  readonly reader: TileReader = (level, index, width) => {
    const tile = this.tiles.get(`${level}/${index}`);
    if (tile === undefined) return Promise.reject(new Error(`no tile at ${level}/${index}`));
    return Promise.resolve(trimTile(tile, width));
  };

  /** Appends leaves; returns the tiles that were written. */
  async append(leafHashes: readonly Uint8Array[]): Promise<Tile[]> {
    const { size, root, tiles } = await growTree(this.size, leafHashes, this.reader);
    for (const { level, index, hashes } of tiles) this.tiles.set(`${level}/${index}`, hashes);
    this.size = size;
    this.root = root;
    return tiles;
  }
}

/** The files of a log of these entries, by their paths below its prefix (C2SP tlog-tiles), under a signed checkpoint. */
export async function publishedLog(
  entries: readonly Uint8Array[],
  signer: NoteSigner,
): Promise<Map<string, Uint8Array>> {
  const log = new MemoryLog();
  await log.append(entries.map(hashLeaf));
  const files = new Map<string, Uint8Array>();
  for (const [place, hashes] of log.tiles) {
    const [level = 0, index = 0] = place.split('/').map(Number);
    files.set(tilePath(level, index, hashes.length / HASH_BYTES), hashes);
  }
  for (let at = 0; at < entries.length; at += TILE_WIDTH) {
    const bundle = entries.slice(at, at + TILE_WIDTH);
    files.set(entryBundlePath(at / TILE_WIDTH, bundle.length), encodeBundle(bundle));
  }
  const head = { origin: signer.name, size: log.size, root: log.root };
  return files.set('checkpoint', utf8(signNote(formatCheckpoint(head), [signer])));
}

/** A complete receipt body of a deletion that went well. */
export const aReceiptBody = (changes: Partial<ReceiptBody> = {}): ReceiptBody => ({
  instructionId: '019ab0c4-5a00-7000-8000-000000000001',
  tenantId: '019ab0c4-5a00-7000-8000-00000000000a',
  subjectRef: '0123456789abcdef0123456789abcdef',
  type: 'DELETE',
  basis: 'CONSUMER_REQUEST',
  outcome: 'COMPLETED',
  request: { receivedAt: '2026-11-20T17:00:00.000Z', nature: 'DELETE', manner: 'API' },
  answer: { answeredAt: '2026-11-23T18:00:09.000Z', nature: 'COMPLIED_IN_FULL', denialBasis: null },
  acceptedAt: '2026-11-23T18:00:00.000Z',
  finishedAt: '2026-11-23T18:00:09.000Z',
  sealedAt: '2026-11-23T18:00:04.000Z',
  unreadableAt: '2026-11-23T18:00:02.000Z',
  erasedAt: '2026-11-23T18:00:08.000Z',
  stores: [
    { store: 'postgres', erased: 14, remaining: 0 },
    { store: 'objects', erased: 3, remaining: 0 },
  ],
  keys: { shredded: 1, rootsDestroyed: 1 },
  keyStoreDurability: 'SYNC_REMOTE',
  backups: [{ set: '2026-11-22', result: 'UNREADABLE', reason: null }],
  subprocessors: [],
  exceptions: [],
  kept: [{ what: 'request record', why: '11 CCR 7101', until: '2028-11-24' }],
  writingCommitment: 'ubwkW+FJ61pWvBBzOxzwNWi6oXfHtBQeCO0RPRAopVA=',
  policyVersion: '1',
  ...changes,
});

/** What a test may set of a receipt: where it lies in its log, who signs, what it and its entry say. */
export type ReceiptWishes = {
  index?: number;
  size?: number;
  origin?: string;
  signer?: ReturnType<typeof ed25519Signer>;
  body?: Partial<ReceiptBody>;
  entry?: Readonly<Record<string, Json>>;
  /** How the entry is written, if not in canonical JSON. */
  spelling?: (entry: Json) => string;
  /** Witnesses that cosign the log's own checkpoint. */
  witnesses?: readonly Cosigner[];
  /** Puts the checkpoint into a meta-log, under these cosignatures. */
  anchor?: AnchorWishes;
};

/** What a test may set of an anchor. */
export type AnchorWishes = {
  witnesses?: readonly Cosigner[];
  index?: number;
  size?: number;
  signer?: ReturnType<typeof ed25519Signer>;
  /** The checkpoint that is put into the meta-log, if not the receipt's. */
  checkpoint?: string;
};

/** When cosigners of these factories sign: POSIX seconds. */
export const COSIGNED_AT = 1_795_000_000;
export const META_ORIGIN = 'personr.example/meta';

/** A witness that signs at `COSIGNED_AT`; another `byte` is another key. */
export const aCosigner = (byte: number, name = `witness.example/w${byte}`) =>
  ed25519Cosigner(name, new Uint8Array(32).fill(byte));

/** The note with cosignatures of these beneath. */
export const cosigned = (note: string, witnesses: readonly Cosigner[]): string => {
  const { text } = readNote(note);
  return note + witnesses.map((witness) => cosignatureLine(text, witness, COSIGNED_AT)).join('');
};

/** Makes a meta-log that holds a checkpoint, and the anchor of it. `metaVkey` is the key that signed the meta-log. */
export async function anAnchor(
  checkpoint: string,
  wishes: AnchorWishes = {},
): Promise<{ anchor: NonNullable<AnchorParts['anchor']>; metaVkey: string }> {
  const { index = 2, size = 5, witnesses = [] } = wishes;
  const signer = wishes.signer ?? ed25519Signer(META_ORIGIN, new Uint8Array(32).fill(77));
  const salt = new Uint8Array(32).fill(43);
  const log = new MemoryLog();
  await log.append(
    Array.from({ length: size }, (_, at) =>
      hashLeaf(at === index ? metaEntry(salt, wishes.checkpoint ?? checkpoint) : utf8(`other ${at}`)),
    ),
  );
  const head = signNote(formatCheckpoint({ origin: META_ORIGIN, size, root: log.root }), [signer]);
  const path = await inclusionPath(index, size, log.reader);
  const proof = { index, path, checkpoint: cosigned(head, witnesses) };
  return { anchor: { salt, proof }, metaVkey: signer.vkey };
}

/**
 * Makes a log with a receipt in it. `vkey` is the key that signed its checkpoint, `metaVkey` that of the meta-log,
 * `note` is that checkpoint.
 */
export async function aReceipt(
  wishes: ReceiptWishes = {},
): Promise<{ receipt: Receipt; vkey: string; metaVkey: string; note: string }> {
  const { index = 5, size = 11, origin = 'personr.example/log/9f3c', spelling = canonicalJson } = wishes;
  const signer = wishes.signer ?? ed25519Signer(origin, new Uint8Array(32).fill(7));
  const body = aReceiptBody(wishes.body);
  const salt = new Uint8Array(32).fill(42);
  const entry = utf8(spelling({ ...anEntry(body, salt), ...wishes.entry }));
  const leaves = Array.from({ length: size }, (_, at) =>
    hashLeaf(at === index ? entry : utf8(`other ${at}`)),
  );
  const log = new MemoryLog();
  await log.append(leaves);
  const head = signNote(formatCheckpoint({ origin, size, root: log.root }), [signer]);
  const note = cosigned(head, wishes.witnesses ?? []);
  const proof = { index, path: await inclusionPath(index, size, log.reader), checkpoint: note };
  const made = await anchoredAs(note, wishes.anchor);
  return {
    receipt: composeReceipt({ body, salt, entry, proof, ...made.parts }),
    vkey: signer.vkey,
    metaVkey: made.metaVkey,
    note,
  };
}

async function anchoredAs(
  note: string,
  wishes: AnchorWishes | undefined,
): Promise<{ parts: { anchored?: AnchorParts }; metaVkey: string }> {
  if (wishes === undefined) return { parts: {}, metaVkey: '' };
  const { anchor, metaVkey } = await anAnchor(note, wishes);
  const anchoring = (wishes.witnesses ?? []).length > 0 ? 'COSIGNED' : 'PENDING';
  return { parts: { anchored: { anchoring, anchor } }, metaVkey };
}

const anEntry = (body: ReceiptBody, salt: Uint8Array): Readonly<Record<string, Json>> => ({
  id: '019ab0c4-5a00-7000-8000-0000000000ff',
  event: 'instruction.closed',
  instructionId: body.instructionId,
  tenantId: body.tenantId,
  subjectRef: body.subjectRef,
  at: body.finishedAt,
  commitment: receiptCommitment(salt, body),
});
