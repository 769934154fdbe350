import { ApiProperty } from '@nestjs/swagger';
import { FAILURE_REASONS } from '@personr/delivery';
import { type Transfer } from '@personr/instruction';
import { type StoredPackage } from '@personr/packages';

/** The package of an answer. */
export class PackageView {
  @ApiProperty({ enum: ['READY', 'EXPIRED'] }) state!: string;
  @ApiProperty({ description: 'SHA-256 of its `manifest.json`, in hex.' }) manifestSha256!: string;
  @ApiProperty({ type: 'integer' }) sizeBytes!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when it can be taken; null: until what it holds is erased.',
  })
  expiresAt!: string | null;
}

/** How what is returned gets to the Business. */
export class TransferView {
  @ApiProperty({ description: 'SHA-256 of its `manifest.json`, in hex: what is acknowledged.' })
  manifestSha256!: string;
  @ApiProperty({ type: 'integer', description: 'Of everything that is held for you, the parts together.' })
  sizeBytes!: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'In how many parts everything that is held for you is returned; null of one subject.',
  })
  parts!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'How many subjects the parts hold.' })
  subjects!: number | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'DOWNLOAD when it is taken from here, ENDPOINT when it was brought; null before it is sent.',
  })
  by!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when it can be acknowledged.',
  })
  sentAt!: string | null;
  @ApiProperty({
    type: String,
    enum: [...FAILURE_REASONS, null],
    nullable: true,
    description: 'Why the endpoint did not take it, the last time; it is tried again.',
  })
  failure!: string | null;
  @ApiProperty({ type: 'integer', description: 'How often the acknowledgement was asked for.' })
  reminded!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was acknowledged.',
  })
  acknowledgedAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it arrived, as the Business says.',
  })
  receivedAt!: string | null;
}

/** Shows a package. */
export const toPackageView = ({
  state,
  manifestSha256,
  sizeBytes,
  expiresAt,
}: StoredPackage): PackageView => ({
  state,
  manifestSha256,
  sizeBytes,
  expiresAt: expiresAt?.toISOString() ?? null,
});

/** Shows how far a transfer is. */
export const toTransferView = (transfer: Transfer): TransferView => {
  const { manifestSha256, sizeBytes, by, sentAt, failure = null } = transfer;
  const { parts = null, subjects = null, reminded, acknowledgedAt, receivedAt } = transfer;
  return {
    manifestSha256,
    sizeBytes,
    parts,
    subjects,
    by,
    sentAt,
    failure,
    reminded,
    acknowledgedAt,
    receivedAt,
  };
};
