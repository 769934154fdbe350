import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type Json } from '@personr/kernel';
import type pg from 'pg';
import { type Bare, bareChunk, bareOf, counterBlock, keystreamIf } from './formats.js';
import { isThere } from './copies.js';
import { type Facts, type Left, type Tag, type Thing } from './loot.js';
import { PACKAGE, plaintextOf, sha256 } from './person.js';
import { type Held } from './take-in.js';

const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
/** A sealed digest begins with a salt of 32 bytes. */
const DIGEST_BLOCK = 2;
const SALT_BYTES = 32;
/** A sealed writing is `{"salt":"<44 characters>","writing":{...`: from the sixth block on, what it says is known. */
const WRITING_BLOCK = 5;

/** What a data database and an object store hold. */
export type DataRows = {
  readonly things: readonly Thing[];
  readonly tags: readonly Tag[];
  readonly left: readonly Left[];
  readonly unguessable: ReadonlySet<string>;
};

type Placed = Pick<Thing, 'kind' | 'tenantId' | 'keyId' | 'of' | 'element'>;

/** A sealed value of which one block is known. */
export const thingOf = (
  placed: Placed,
  bare: Bare,
  { known, block }: { known: Buffer; block: number },
): Thing => ({
  ...placed,
  bare,
  known,
  counter: counterBlock(bare.nonce, block),
  keystream: keystreamIf(known, bare, block),
});

/** Reads every sealed value and every keyed hash of a data database, as its superuser, and the documents' bytes beside it. */
export async function readData(client: pg.Client, objects: string, facts: Facts): Promise<DataRows> {
  const documents = await documentsOf(client, objects, facts);
  return {
    things: [
      ...(await valuesOf(client, facts)),
      ...documents,
      ...(await packagesOf(client, objects, facts)),
      ...(await writingsOf(client, facts)),
    ],
    tags: await tagsOf(client),
    left: await leftIn(client),
    unguessable: new Set(
      (
        await client.query<{ id: string }>('select id from instruction where unguessable_at is not null')
      ).rows.map(({ id }) => id),
    ),
  };
}

type ValueRow = { tenant_id: string; subject_id: string; element: string; key_id: string; sealed: Buffer };

async function valuesOf(client: pg.Client, { subjects }: Facts): Promise<Thing[]> {
  const { rows } = await client.query<ValueRow>(
    'select tenant_id, subject_id, element, key_id, sealed from record',
  );
  return rows.flatMap(({ tenant_id: tenantId, subject_id: of, element, key_id: keyId, sealed }) => {
    const value = subjects.get(of)?.person.values.get(element as never);
    if (value === undefined) return [];
    const known = plaintextOf(value);
    return [thingOf({ kind: 'value', tenantId, keyId, of, element }, bareOf(sealed), { known, block: 0 })];
  });
}

/** Bytes that rest sealed chunk by chunk. */
type ChunkedRow = {
  tenant_id: string;
  id: string;
  subject_id: string;
  key_id: string;
  chunk_bytes: number;
  nonce_prefix: Buffer;
};

type DocumentRow = ChunkedRow & { element: string; sealed_digest: Buffer };

async function documentsOf(client: pg.Client, objects: string, { subjects }: Facts): Promise<Thing[]> {
  const { rows } = await client.query<DocumentRow>('select * from document');
  return rows.flatMap((row) => {
    const bytes = sentAs(subjects.get(row.subject_id), row.id);
    if (bytes === undefined) return [];
    const { tenant_id: tenantId, subject_id: of, element, key_id: keyId } = row;
    const known = Buffer.concat([Buffer.alloc(SALT_BYTES), sha256(bytes)]);
    const digest = thingOf({ kind: 'digest', tenantId, keyId, of, element }, bareOf(row.sealed_digest), {
      known,
      block: DIGEST_BLOCK,
    });
    const path = join(objects, tenantId, of, row.id);
    const as = { kind: 'document', element } as const;
    return isThere(path) ? [digest, ...chunksOf(row, as, { sealed: readFileSync(path), bytes })] : [digest];
  });
}

/** Packages that were made of people, whole: what was taken of each is known. */
async function packagesOf(client: pg.Client, objects: string, { subjects }: Facts): Promise<Thing[]> {
  const { rows } = await client.query<ChunkedRow>("select * from package where state = 'READY'");
  return rows.flatMap((row) => {
    const bytes = subjects.get(row.subject_id)?.package;
    const path = join(objects, row.tenant_id, row.subject_id, row.id);
    if (bytes === undefined || !isThere(path)) return [];
    return chunksOf(row, { kind: 'package', element: PACKAGE }, { sealed: readFileSync(path), bytes });
  });
}

const sentAs = (held: Held | undefined, documentId: string): Buffer | undefined => {
  const place = held?.documentIds.indexOf(documentId) ?? -1;
  return held?.person.documents[place]?.bytes;
};

function chunksOf(
  row: ChunkedRow,
  { kind, element }: Pick<Thing, 'kind' | 'element'>,
  { sealed, bytes }: { sealed: Buffer; bytes: Buffer },
): Thing[] {
  const { tenant_id: tenantId, subject_id: of, key_id: keyId, chunk_bytes: size } = row;
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => {
    const start = index * (size + TAG_BYTES);
    const chunk = sealed.subarray(start, start + size + TAG_BYTES);
    const bare = bareChunk(chunk, { prefix: row.nonce_prefix, index, isLast: index === count - 1 });
    const known = bytes.subarray(index * size, (index + 1) * size);
    return thingOf({ kind, tenantId, keyId, of, element }, bare, { known, block: 0 });
  });
}

type WritingRow = { tenant_id: string; id: string; writing_key_id: string; sealed_writing: Buffer };

async function writingsOf(client: pg.Client, { orders }: Facts): Promise<Thing[]> {
  const { rows } = await client.query<WritingRow>(
    'select tenant_id, id, writing_key_id, sealed_writing from instruction',
  );
  return rows.flatMap(({ tenant_id: tenantId, id: of, writing_key_id: keyId, sealed_writing: sealed }) => {
    const text = orders.get(of)?.writing;
    if (text === undefined) return [];
    const writing: Json = { documentSha256: null, instructorId: null, text };
    const known = Buffer.from(canonicalJson({ salt: Buffer.alloc(SALT_BYTES).toString('base64'), writing }));
    const placed = { kind: 'writing', tenantId, keyId, of, element: '' } as const;
    return [thingOf(placed, bareOf(sealed), { known, block: WRITING_BLOCK })];
  });
}

async function tagsOf(client: pg.Client): Promise<Tag[]> {
  const { rows } = await client.query<{ tenant_id: string; kind: Tag['kind']; bytes: Buffer }>(
    `select tenant_id, 'suppression' as kind, mac as bytes from suppressed_identity
     union all select tenant_id, 'idempotency', tag from idempotency
     union all select tenant_id, 'idempotency', fingerprint from idempotency`,
  );
  return rows.map(({ tenant_id: tenantId, kind, bytes }) => ({ kind, tenantId, bytes }));
}

/** Rows that are a person's own. What is written of an erasure itself (the order, its entries, its suppression) is not. */
async function leftIn(client: pg.Client): Promise<Left[]> {
  const { rows } = await client.query<{ store: string; subject_id: string }>(
    `select 'subject' as store, id as subject_id from subject
     union all select 'record:' || element, subject_id from record
     union all select 'document:' || element, subject_id from document
     union all select 'consent', subject_id from consent
     union all select 'document_upload', subject_id from document_upload
     union all select 'package:${PACKAGE}', subject_id from package where state <> 'EXPIRED'`,
  );
  return rows.map(({ store, subject_id: subjectId }) => ({ store, subjectId }));
}

/** How much of a thing the right key has to bring to light: all that is known of it. */
export const isWhole = ({ kind, known }: Thing, opened: Buffer): boolean => {
  const blocks = { value: 0, document: 0, package: 0, digest: DIGEST_BLOCK, writing: WRITING_BLOCK };
  const from = blocks[kind] * BLOCK_BYTES;
  return opened.subarray(from).equals(known.subarray(from));
};
