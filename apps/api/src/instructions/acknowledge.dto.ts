import { ApiProperty } from '@nestjs/swagger';
import { type Acknowledgement } from '@personr/instruction';
import { type InstructionId } from '@personr/kernel';
import { Matches } from 'class-validator';
import { IsInstant } from '../http/members.js';

/** What was received. */
export class AcknowledgeBody {
  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of the `manifest.json` of the package that arrived, in hex.',
  })
  @Matches(/^[0-9a-f]{64}$/, { message: 'manifestSha256 must be 64 lower-case hex digits' })
  manifestSha256!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When all of it had arrived: not before it was sent, and not in the future.',
  })
  @IsInstant()
  receivedAt!: string;
}

/** Reads an acknowledgement of this instruction's package. */
export const toAcknowledgement = (id: InstructionId, body: AcknowledgeBody): Acknowledgement => ({
  id,
  manifestSha256: body.manifestSha256,
  receivedAt: new Date(body.receivedAt),
});
