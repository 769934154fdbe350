import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CHALLENGE_STATES,
  type Challenge,
  challengeName,
  type Endpoint,
  type EndpointAddress,
  ENDPOINT_KINDS,
  ENDPOINT_STATES,
  FAILURE_REASONS,
  MOST_TRIES,
  stateOf,
} from '@personr/delivery';

const CA = {
  type: String,
  nullable: true,
  description: 'The certificates that alone vouch for the server; the usual authorities when null.',
  example: null,
};

/** A bucket, without what opens it. */
export class S3PlaceView {
  @ApiProperty({ format: 'uri', description: 'The server.', example: 'https://s3.business.example' })
  url!: string;
  @ApiProperty({ description: 'The region of the bucket.', example: 'us-west-2' }) region!: string;
  @ApiProperty({ description: 'Its name.', example: 'returned-by-personr' }) bucket!: string;
  @ApiProperty({ description: 'What names of objects begin with.', example: 'returns/' }) prefix!: string;
  @ApiProperty(CA) ca!: string | null;
}

/** A URL, without what opens it. */
export class HttpsPlaceView {
  @ApiProperty({
    format: 'uri',
    description: 'Below which packages are put.',
    example: 'https://in.business.example/returns',
  })
  url!: string;
  @ApiProperty(CA) ca!: string | null;
}

/** A directory of an SFTP server. */
export class SftpPlaceView {
  @ApiProperty({ description: 'The host.', example: 'sftp.business.example' }) host!: string;
  @ApiProperty({ type: 'integer', description: 'The port.', example: 22 }) port!: number;
  @ApiProperty({ description: 'Whom we sign in as.', example: 'personr' }) user!: string;
  @ApiProperty({
    description: 'The fingerprint of the host key.',
    example: 'SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo',
  })
  hostKeySha256!: string;
  @ApiProperty({ description: 'Where packages are written.', example: 'incoming/personr' })
  directory!: string;
  @ApiProperty({
    description: 'Our key for this endpoint alone: a line for its `authorized_keys`.',
    example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl personr',
  })
  publicKey!: string;
}

/** Where an endpoint is. */
export class EndpointPlaceView {
  @ApiPropertyOptional({ type: S3PlaceView }) s3?: S3PlaceView;
  @ApiPropertyOptional({ type: HttpsPlaceView }) https?: HttpsPlaceView;
  @ApiPropertyOptional({ type: SftpPlaceView }) sftp?: SftpPlaceView;
}

/** A challenge, without its code. */
export class ChallengeView {
  @ApiProperty({
    enum: CHALLENGE_STATES,
    enumName: 'ChallengeState',
    description: 'ASKED until it was written to the endpoint, or could not be.',
    example: 'SENT',
  })
  state!: string;
  @ApiProperty({
    description: 'The name of the file that it is written to.',
    example: 'personr-challenge-01936d2b-8b1c-7abc-8def-0123456789c1.txt',
  })
  file!: string;
  @ApiProperty({
    type: String,
    enum: [...FAILURE_REASONS, null],
    nullable: true,
    description: 'Why it could not be written.',
    example: null,
  })
  failure!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was written.' })
  sentAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when it can be answered.',
  })
  endsAt!: string | null;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'How often an answer may still be wrong.',
    example: 5,
  })
  triesLeft!: number;
}

/** Where packages are sent. */
export class EndpointView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Your own words for it.', example: 'archive of the compliance team' })
  name!: string;
  @ApiProperty({ enum: ENDPOINT_KINDS, enumName: 'EndpointKind', description: 'What kind it is.' })
  kind!: string;
  @ApiProperty({ type: EndpointPlaceView, description: 'Where it is, without what opens it.' })
  place!: EndpointPlaceView;
  @ApiProperty({
    enum: ENDPOINT_STATES,
    enumName: 'EndpointState',
    description: 'Only one that is PROVED receives anything but its challenge.',
  })
  state!: string;
  @ApiProperty({
    type: ChallengeView,
    nullable: true,
    description: 'The latest challenge; null before the first.',
  })
  challenge!: ChallengeView | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When its challenge was answered.',
  })
  provedAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was ended, for good.',
  })
  revokedAt!: string | null;
}

/** A page of endpoints. */
export class EndpointPageView {
  @ApiProperty({ type: [EndpointView] }) items!: EndpointView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Shows an endpoint. */
export const toEndpointView = (endpoint: Endpoint): EndpointView => ({
  id: endpoint.id,
  name: endpoint.name,
  kind: endpoint.kind,
  place: toPlaceView(endpoint.address),
  state: stateOf(endpoint),
  challenge:
    endpoint.challenge === null ? null : toChallengeView(endpoint.challenge, challengeName(endpoint.id)),
  createdAt: endpoint.createdAt.toISOString(),
  provedAt: endpoint.provedAt?.toISOString() ?? null,
  revokedAt: endpoint.revokedAt?.toISOString() ?? null,
});

function toPlaceView(address: EndpointAddress): EndpointPlaceView {
  switch (address.kind) {
    case 'S3': {
      const { url, region, bucket, prefix, ca } = address;
      return { s3: { url, region, bucket, prefix, ca } };
    }
    case 'HTTPS':
      return { https: { url: address.url, ca: address.ca } };
    case 'SFTP': {
      const { host, port, user, hostKeySha256, directory, publicKey } = address;
      return { sftp: { host, port, user, hostKeySha256, directory, publicKey } };
    }
  }
}

const toChallengeView = (
  { state, failure, sentAt, endsAt, tries }: Challenge,
  file: string,
): ChallengeView => ({
  state,
  file,
  failure,
  sentAt: sentAt?.toISOString() ?? null,
  endsAt: endsAt?.toISOString() ?? null,
  triesLeft: Math.max(0, MOST_TRIES - tries),
});
