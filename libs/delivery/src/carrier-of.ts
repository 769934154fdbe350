import { type Carrier } from './carrier.js';
import {
  type EndpointAddress,
  type EndpointSecret,
  type HttpsSecret,
  type S3Secret,
  type SftpSecret,
} from './endpoint.js';
import { HttpsCarrier } from './https.carrier.js';
import { S3Carrier } from './s3.carrier.js';
import { SftpCarrier } from './sftp.carrier.js';

/** An endpoint's address with what opens it: what a carrier needs. */
export type OpenedEndpoint = { readonly address: EndpointAddress; readonly secret: EndpointSecret };

/** The way to bring something to an endpoint. */
export function carrierOf({ address, secret }: OpenedEndpoint): Carrier {
  switch (address.kind) {
    case 'S3':
      return new S3Carrier(address, secret as S3Secret);
    case 'HTTPS':
      return new HttpsCarrier(address, secret as HttpsSecret);
    case 'SFTP':
      return new SftpCarrier(address, secret as SftpSecret);
  }
}
