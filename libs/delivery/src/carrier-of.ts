import { type Carrier } from './carrier.js';
import {
  type EndpointAddress,
  type EndpointSecret,
  type HttpsSecret,
  type S3Secret,
  type SftpSecret,
} from './endpoint.js';

/** An endpoint's address with what opens it: what a carrier needs. */
export type OpenedEndpoint = { readonly address: EndpointAddress; readonly secret: EndpointSecret };

/** The way to bring something to an endpoint. What it is made of is loaded at first use: most processes connect to nobody. */
export async function carrierOf({ address, secret }: OpenedEndpoint): Promise<Carrier> {
  switch (address.kind) {
    case 'S3': {
      const { S3Carrier } = await import('./s3.carrier.js');
      return new S3Carrier(address, secret as S3Secret);
    }
    case 'HTTPS': {
      const { HttpsCarrier } = await import('./https.carrier.js');
      return new HttpsCarrier(address, secret as HttpsSecret);
    }
    case 'SFTP': {
      const { SftpCarrier } = await import('./sftp.carrier.js');
      return new SftpCarrier(address, secret as SftpSecret);
    }
  }
}
