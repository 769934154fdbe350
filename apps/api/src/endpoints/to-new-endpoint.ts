import { type NewEndpoint } from '@personr/delivery';
import { DomainError } from '@personr/kernel';
import {
  type EndpointPlaceBody,
  type HttpsPlaceBody,
  type NewEndpointBody,
  type S3PlaceBody,
  type SftpPlaceBody,
} from './endpoints.dto.js';

const SSH_PORT = 22;

/** Reads an endpoint. Throws `VALIDATION_FAILED` unless it is in exactly one place. */
export const toNewEndpoint = ({ name, place }: NewEndpointBody): NewEndpoint => ({ name, ...toPlace(place) });

function toPlace({ s3, https, sftp }: EndpointPlaceBody): Omit<NewEndpoint, 'name'> {
  if ([s3, https, sftp].filter((place) => place !== undefined).length === 1) {
    if (s3 !== undefined) return toBucket(s3);
    if (https !== undefined) return toUrl(https);
    if (sftp !== undefined) return { address: toDirectory(sftp), secret: null };
  }
  throw new DomainError('VALIDATION_FAILED', 'An endpoint is in exactly one place: s3, https or sftp.');
}

const toBucket = ({ url, prefix, ca, accessKeyId, secretAccessKey, ...place }: S3PlaceBody) => ({
  address: {
    kind: 'S3' as const,
    ...place,
    url: url ?? `https://s3.${place.region}.amazonaws.com`,
    prefix: prefix ?? '',
    ca: ca ?? null,
  },
  secret: { accessKeyId, secretAccessKey },
});

const toUrl = ({ url, bearer, ca }: HttpsPlaceBody) => ({
  address: { kind: 'HTTPS' as const, url, ca: ca ?? null },
  secret: { bearer: bearer ?? null },
});

const toDirectory = ({ port, ...place }: SftpPlaceBody) => ({
  kind: 'SFTP' as const,
  ...place,
  port: port ?? SSH_PORT,
});
