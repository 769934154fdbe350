import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isMeant } from './object-name.js';
import { type ObjectSelection } from './object-store.js';

/** A bucket, and who asks. */
export type Place = { readonly client: S3Client; readonly bucket: string };

/** A version of an object, or the marker of a removal: both rest under a name and an id. */
export type Version = { readonly Key: string; readonly VersionId?: string };

/** An upload in parts that was not completed. */
export type Unfinished = { readonly Key: string; readonly UploadId: string };

/** Yields every version and every marker that is meant, a page at a time. */
export async function* listVersions(place: Place, selection: ObjectSelection): AsyncIterable<Version[]> {
  let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const page: Awaited<ReturnType<typeof versionsAfter>> = await versionsAfter(
      place,
      selection.prefix,
      marker,
    );
    const rested = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    yield rested.flatMap(({ Key, VersionId }) =>
      Key !== undefined && isMeant(Key, selection)
        ? [{ Key, ...(VersionId === undefined ? {} : { VersionId }) }]
        : [],
    );
    marker = page.IsTruncated === true ? nextOf(page) : undefined;
  }
}

const versionsAfter = (
  { client, bucket }: Place,
  prefix: string,
  marker: { KeyMarker?: string; VersionIdMarker?: string },
) => client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }));

const nextOf = ({
  NextKeyMarker,
  NextVersionIdMarker,
}: Awaited<ReturnType<typeof versionsAfter>>): { KeyMarker?: string; VersionIdMarker?: string } => ({
  ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
  ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
});

/** Removes these versions for good. Throws when the server kept one. */
export async function removeVersions({ client, bucket }: Place, versions: Version[]): Promise<number> {
  if (versions.length === 0) return 0;
  const { Errors: errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: versions, Quiet: true } }),
  );
  if (errors.length > 0) throw new Error(`the server kept ${errors.length} versions`);
  return versions.length;
}

/**
 * Yields every unfinished upload that is meant: those under the prefix, and those of each suspect by its whole name,
 * because some servers (MinIO) answer no other question. None comes twice.
 */
export async function* listUploads(place: Place, selection: ObjectSelection): AsyncIterable<Unfinished[]> {
  const seen = new Set<string>();
  for (const prefix of new Set([selection.prefix, ...(selection.suspects ?? [])])) {
    for await (const page of uploadsUnder(place, prefix)) {
      yield page.filter(({ Key, UploadId }) => {
        if (seen.has(UploadId) || !isMeant(Key, selection)) return false;
        seen.add(UploadId);
        return true;
      });
    }
  }
}

async function* uploadsUnder({ client, bucket }: Place, prefix: string): AsyncIterable<Unfinished[]> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const page: { Uploads?: { Key?: string; UploadId?: string }[] } & Record<string, unknown> =
      (await client.send(
        new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
      )) as never;
    yield (page.Uploads ?? []).flatMap(({ Key, UploadId }) =>
      Key === undefined || UploadId === undefined ? [] : [{ Key, UploadId }],
    );
    const { NextKeyMarker: key, NextUploadIdMarker: id } = page as {
      NextKeyMarker?: string;
      NextUploadIdMarker?: string;
    };
    const more = page.IsTruncated === true && key !== undefined && key !== '';
    marker = more ? { KeyMarker: key, ...(id === undefined ? {} : { UploadIdMarker: id }) } : undefined;
  }
}

/** Drops the parts of these uploads. One that is completed or gone meanwhile is no error. */
export async function abortUploads({ client, bucket }: Place, uploads: Unfinished[]): Promise<number> {
  for (const { Key, UploadId } of uploads) {
    await client
      .send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
      });
  }
  return uploads.length;
}
