import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { canonicalJson, type Json, type TenantId } from '@personr/kernel';
import {
  decodeBundle,
  entryBundlePath,
  openCheckpoint,
  parseTilePath,
  parseVkey,
  tilePath,
} from '@personr/proof';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { tempDirectory } from '@personr/testkit';
import { DirectoryEvidence } from './directory.evidence.js';
import { type EvidenceStore } from './evidence-store.js';
import { LogSigner } from './log-signer.js';

const TILE_WIDTH = 256;

/** A signer with a key of its own. */
export const aLogSigner = (): LogSigner => LogSigner.withKey(generateKeyPairSync('ed25519').privateKey);

/** An empty evidence store in a directory of its own, which goes with the process. */
export const anEvidenceStore = (): EvidenceStore => new DirectoryEvidence(tempDirectory('evidence'));

/** What a log that is intact holds: entries in their order, as the bytes that were logged. */
export type IntactLog = { readonly size: number; readonly entries: readonly LoggedEntry[] };

/** An entry read back, as far as specs look at it. */
export type LoggedEntry = {
  readonly id: string;
  readonly event: string;
  readonly instructionId?: string;
  readonly subjectRef?: string | null;
  readonly reasonCode?: string;
  readonly commitment?: string;
  readonly detail?: Readonly<Record<string, Json>>;
};

/**
 * Fails unless the tenant's whole log holds: contiguous positions, each row what its bytes say, every tile and
 * the root derived anew from the entries alone, and a checkpoint over just that, signed by `vkey`. Returns the
 * entries that were sequenced. Derives everything by itself, so it shares no code with what it checks.
 */
export async function expectLogIntact(
  tenancy: Tenancy,
  tenantId: TenantId,
  vkey: string,
): Promise<IntactLog> {
  const { head, rows, tiles } = await tenancy.forTenant(tenantId, readLog);
  same(
    rows.map(({ position }) => position),
    rows.map((_, index) => BigInt(index)),
  );
  same(new Set(rows.map(({ entryId }) => entryId)).size, rows.length);
  same(head.size, BigInt(rows.length));
  const leaves = rows.map(({ entry }) => sha256(Uint8Array.of(0), entry));
  const root = hashOf(leaves).toString('hex');
  same(Buffer.from(head.root).toString('hex'), root);
  if (rows.length > 0) {
    ok(head.checkpoint !== null, 'a log with entries has a checkpoint');
    const checkpoint = openCheckpoint(head.checkpoint, [parseVkey(vkey)]);
    same([checkpoint.origin, checkpoint.size], [head.origin, rows.length]);
    same(Buffer.from(checkpoint.root).toString('hex'), root);
  }
  same(tiles, tilesOf(leaves));
  return { size: rows.length, entries: rows.map((row) => readEntry(row, tenantId)) };
}

/**
 * Fails unless a directory holds the log of this origin as C2SP tlog-tiles lays it out: a checkpoint signed by `vkey`, every
 * bundle and tile that its size needs, and no file of a bundle or tile, of whatever width, that is not what those entries
 * make. Returns the entries. Derives everything by itself, so it shares no code with what it checks.
 */
export function expectEvidenceIntact(
  directory: string,
  { origin, vkey }: { origin: string; vkey: string },
): readonly LoggedEntry[] {
  const home = join(directory, origin);
  const { size, root } = openCheckpoint(readFileSync(join(home, 'checkpoint'), 'utf8'), [parseVkey(vkey)]);
  const entries = bundlePaths(size).flatMap((path) => decodeBundle(readFileSync(join(home, path))));
  same(entries.length, size);
  const leaves = entries.map((entry) => sha256(Uint8Array.of(0), entry));
  same(Buffer.from(root).toString('hex'), hashOf(leaves).toString('hex'));
  const paths = readdirSync(join(home, 'tile'), { recursive: true, withFileTypes: true })
    // What a killed writer left is not whole, and readers pass it by.
    .filter((found) => found.isFile() && !found.name.endsWith('.unfinished'))
    .map((found) => relative(home, join(found.parentPath, found.name)));
  for (const path of paths) expectFile(path, readFileSync(join(home, path)), { entries, leaves });
  for (const [level, index, hashes] of tilesOf(leaves)) {
    ok(paths.includes(tilePath(level, index, hashes.length / 64)), `tile ${level}/${index} is there`);
  }
  return entries.map((entry) => JSON.parse(Buffer.from(entry).toString()) as LoggedEntry);
}

const bundlePaths = (size: number): string[] =>
  Array.from({ length: Math.ceil(size / TILE_WIDTH) }, (_, index) =>
    entryBundlePath(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH)),
  );

type Tree = { readonly entries: readonly Uint8Array[]; readonly leaves: readonly Buffer[] };

function expectFile(path: string, bytes: Buffer, { entries, leaves }: Tree): void {
  const { level, index, width } = parseTilePath(path);
  const [start, end] = [index * TILE_WIDTH, index * TILE_WIDTH + width];
  const span = level === 'entries' ? 1 : TILE_WIDTH ** level;
  ok(end * span <= leaves.length, `${path} is within the log`);
  if (level === 'entries') {
    same(
      decodeBundle(bytes).map((entry) => Buffer.from(entry).toString()),
      entries.slice(start, end).map((entry) => Buffer.from(entry).toString()),
      path,
    );
    return;
  }
  const hashes = Array.from({ length: width }, (_, at) =>
    hashOf(leaves.slice((start + at) * span, (start + at + 1) * span)),
  );
  same(bytes.toString('hex'), Buffer.concat(hashes).toString('hex'), path);
}

async function readLog(tx: TenantTx) {
  const head = await tx.logHead.findUniqueOrThrow({ where: { tenantId: tx.tenantId } });
  const rows = await tx.logEntry.findMany({ orderBy: { position: 'asc' } });
  const stored = await tx.logTile.findMany({ orderBy: [{ level: 'asc' }, { position: 'asc' }] });
  const tiles = stored.map(({ level, position, width, hashes }) => {
    same(hashes.length, width * 32);
    return [level, Number(position), Buffer.from(hashes).toString('hex')] as const;
  });
  return { head, rows, tiles };
}

type Row = { entryId: string; event: string; instructionId: string | null; entry: Uint8Array };

function readEntry(row: Row, tenantId: TenantId): LoggedEntry {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(row.entry);
  const entry = JSON.parse(text) as LoggedEntry & { tenantId: string };
  same(text, canonicalJson(entry as Json));
  same(
    [entry.id, entry.event, entry.instructionId ?? null, entry.tenantId],
    [row.entryId, row.event, row.instructionId, tenantId],
  );
  return entry;
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** MTH of RFC 6962, section 2.1, as it is written there. */
function hashOf(leaves: readonly Buffer[]): Buffer {
  const [only, another] = leaves;
  if (only === undefined) return sha256();
  if (another === undefined) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), hashOf(leaves.slice(0, split)), hashOf(leaves.slice(split)));
}

/** Every tile of the tree, level by level: each hash at level n is over 256 of the level below (C2SP tlog-tiles). */
function tilesOf(leaves: readonly Buffer[]): (readonly [number, number, string])[] {
  const tiles: (readonly [number, number, string])[] = [];
  for (let level = 0, hashes = leaves; hashes.length > 0; level += 1) {
    const full: Buffer[] = [];
    for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
      const tile = hashes.slice(at, at + TILE_WIDTH);
      tiles.push([level, at / TILE_WIDTH, Buffer.concat(tile).toString('hex')]);
      if (tile.length === TILE_WIDTH) full.push(hashOf(tile));
    }
    hashes = full;
  }
  return tiles;
}
