import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { InstructionBody } from './instructions.dto.js';

/** One line of a batch: a written order, and the key that makes the line one request. */
export class BatchLineBody extends InstructionBody {
  @ApiProperty({
    minLength: 1,
    maxLength: 255,
    pattern: '^[\\x21-\\x7e]+$',
    description:
      "The line's Idempotency-Key: the same key with the same line has one effect and one answer, for 24 hours at least, in this batch, in another, and as the header of `POST /v1/instructions`. Never answered, since it may name a person.",
    example: 'order-4711',
  })
  @Matches(/^[\x21-\x7e]{1,255}$/, { message: 'key must be 1 to 255 visible ASCII characters' })
  key!: string;
}
