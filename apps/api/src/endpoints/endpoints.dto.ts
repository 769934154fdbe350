import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ADDRESS_SHAPES, LONGEST_URL } from '@personr/delivery';
import { Type } from 'class-transformer';
import {
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/;
const CODE = /^[A-Za-z0-9_-]{43}$/;
const LONGEST_CA = 65_536;

/** Absent, but not null: null is a value that the contract does not have. */
const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

const { bucket, prefix, region, directory, user, hostKeySha256, credential } = ADDRESS_SHAPES;
const SEALED = 'Sealed; shown to nobody again.';
const CA = {
  maxLength: LONGEST_CA,
  description: 'Certificates in PEM that alone vouch for the server. The usual authorities do when left out.',
  example:
    '-----BEGIN CERTIFICATE-----\nMIIBkzCCATmgAwIBAgIUdlQg86rV2iUm3ALBausknzfeQIswCgYIKoZIzj0EAwIw\nHjEcMBoGA1UEAwwTQnVzaW5lc3MgRXhhbXBsZSBDQTAgFw0yNjExMzAyMjE1Mzla\nGA8yMTI2MTEwNjIyMTUzOVowHjEcMBoGA1UEAwwTQnVzaW5lc3MgRXhhbXBsZSBD\nQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMbP3vaXZ+SPPqKQ5VrkJg9cEl8T\nnfWNVAYDNFHSltq5X93aJe8S7y4iiEBzVyR7l6zHEbw9MPM9IaIZ3HF7EkGjUzBR\nMB0GA1UdDgQWBBQiZ0hQ3dKDzj8MK1ejkXtAFFLQuTAfBgNVHSMEGDAWgBQiZ0hQ\n3dKDzj8MK1ejkXtAFFLQuTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA\nMEUCIQDJGvX488LSPhe3ZBJ9Mu4IDiBC4yMR2bbuum6yEjOivQIgSLEOccG3FilC\nd4fAjix4nNOFAY7Tf5dLPWF8coB06c0=\n-----END CERTIFICATE-----',
};

/** A bucket of S3 or of what speaks its protocol. */
export class S3PlaceBody {
  @ApiPropertyOptional({
    format: 'uri',
    maxLength: LONGEST_URL,
    description: 'An https URL of the server, without a path. Amazon’s own of the region when left out.',
    example: 'https://s3.business.example',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_URL)
  url?: string;

  @ApiProperty({ pattern: region.source, description: 'The region of the bucket.', example: 'us-west-2' })
  @IsString()
  @Matches(region, { message: 'region is letters, digits and hyphens' })
  region!: string;

  @ApiProperty({ pattern: bucket.source, description: 'Its name.', example: 'returned-by-personr' })
  @IsString()
  @Matches(bucket, { message: 'bucket is the name of a bucket' })
  bucket!: string;

  @ApiPropertyOptional({
    pattern: prefix.source,
    description:
      'What names of objects begin with: segments with a slash behind each. Nothing when left out.',
    example: 'returns/',
  })
  @MayBeLeftOut()
  @IsString()
  @Matches(prefix, { message: 'prefix is segments with a slash behind each' })
  prefix?: string;

  @ApiProperty({ pattern: credential.source, description: SEALED, example: 'AKIAINVENTED00000000' })
  @IsString()
  @Matches(credential, { message: 'accessKeyId is visible characters' })
  accessKeyId!: string;

  @ApiProperty({
    pattern: credential.source,
    description: `One that may put objects is enough. ${SEALED}`,
    example: 'invented-secret-of-the-bucket',
  })
  @IsString()
  @Matches(credential, { message: 'secretAccessKey is visible characters' })
  secretAccessKey!: string;

  @ApiPropertyOptional(CA)
  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_CA)
  ca?: string;
}

/** A URL below which each package is PUT. */
export class HttpsPlaceBody {
  @ApiProperty({
    format: 'uri',
    maxLength: LONGEST_URL,
    description: 'An https URL without query and fragment; the name of each package is appended to its path.',
    example: 'https://in.business.example/returns',
  })
  @IsString()
  @MaxLength(LONGEST_URL)
  url!: string;

  @ApiPropertyOptional({
    pattern: credential.source,
    description: `Sent as \`Authorization: Bearer\`. ${SEALED}`,
    example: 'invented-token-of-the-door',
  })
  @MayBeLeftOut()
  @IsString()
  @Matches(credential, { message: 'bearer is visible characters' })
  bearer?: string;

  @ApiPropertyOptional(CA)
  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_CA)
  ca?: string;
}

/** A directory of an SFTP server. */
export class SftpPlaceBody {
  @ApiProperty({
    maxLength: 253,
    description: 'Its name in full, or its address.',
    example: 'sftp.business.example',
  })
  @IsString()
  @MaxLength(253)
  host!: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 65_535,
    default: 22,
    description: 'The port; 22 when left out.',
    example: 22,
  })
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(65_535)
  port?: number;

  @ApiProperty({ pattern: user.source, description: 'Whom we sign in as.', example: 'personr' })
  @IsString()
  @Matches(user, { message: 'user is the name of an account' })
  user!: string;

  @ApiProperty({
    pattern: hostKeySha256.source,
    description:
      'The fingerprint of the host key, as `ssh-keygen -l` shows it. Another key is not spoken to.',
    example: 'SHA256:uNiVztksCsDhcc0u9e8BrASBTAV5FEIL7zFyiZL1mTo',
  })
  @IsString()
  @Matches(hostKeySha256, { message: 'hostKeySha256 is SHA256: and 43 characters' })
  hostKeySha256!: string;

  @ApiProperty({
    pattern: directory.source,
    description: 'Where packages are written; it must be there. A dot is where the account begins.',
    example: 'incoming/personr',
  })
  @IsString()
  @Matches(directory, { message: 'directory is a path of plain names' })
  directory!: string;
}

/** Where an endpoint is and what opens it. */
@ApiSchema({ description: 'Exactly one of the three.' })
export class EndpointPlaceBody {
  @ApiPropertyOptional({ type: S3PlaceBody })
  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => S3PlaceBody)
  s3?: S3PlaceBody;

  @ApiPropertyOptional({ type: HttpsPlaceBody })
  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => HttpsPlaceBody)
  https?: HttpsPlaceBody;

  @ApiPropertyOptional({ type: SftpPlaceBody })
  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => SftpPlaceBody)
  sftp?: SftpPlaceBody;
}

/** An endpoint to be. */
export class NewEndpointBody {
  @ApiProperty({
    description:
      'For your own eyes; it is sealed, and not in the log. Letters, digits, blanks, `.`, `_`, `-`.',
    pattern: NAME.source,
    example: 'archive of the compliance team',
  })
  @IsString()
  @Matches(NAME, { message: 'name is 1 to 64 letters, digits, blanks, dots, underscores or hyphens' })
  name!: string;

  @ApiProperty({ type: EndpointPlaceBody })
  @IsObject()
  @ValidateNested()
  @Type(() => EndpointPlaceBody)
  place!: EndpointPlaceBody;
}

/** The answer to a challenge. */
export class ProofBody {
  @ApiProperty({
    pattern: CODE.source,
    description: 'What stands in the file that was written to the endpoint.',
    example: 'pk3Rz0fJm1cQy7vT5uB2xWnL8aHd4eGs6iKo9rYtUqE',
  })
  @IsString()
  @Matches(CODE, { message: 'code is the 43 characters that were written to the endpoint' })
  code!: string;
}
