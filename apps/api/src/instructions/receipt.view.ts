import { ApiProperty } from '@nestjs/swagger';

/** A receipt, as `personr-verify receipt` takes it. Its members are described in libs/proof/FORMAT.md. */
export class ReceiptView {
  @ApiProperty({ enum: ['personr.receipt/v1'] }) format!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) body!: object;
  @ApiProperty({ description: 'Base64 of 32 bytes.' }) salt!: string;
  @ApiProperty({ description: 'Base64 of the log entry.' }) entry!: string;
  @ApiProperty({ description: 'The entry’s tlog-proof with the signed checkpoint.' }) proof!: string;
}
