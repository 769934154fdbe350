import { ApiProperty } from '@nestjs/swagger';
import { type Receipt } from '@personr/proof';

/** That the meta-log holds a checkpoint. */
export class ReceiptAnchorView {
  @ApiProperty({ description: 'Base64 of 32 bytes.' }) salt!: string;
  @ApiProperty({ description: 'The tlog-proof of its entry, under a checkpoint of the meta-log.' })
  proof!: string;
}

/** A receipt, as `personr-verify receipt` takes it. Its members are described in libs/proof/FORMAT.md. */
export class ReceiptView {
  @ApiProperty({ enum: ['personr.receipt/v1'] }) format!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) body!: object;
  @ApiProperty({ description: 'Base64 of 32 bytes.' }) salt!: string;
  @ApiProperty({ description: 'Base64 of the log entry.' }) entry!: string;
  @ApiProperty({ description: 'The entry’s tlog-proof with the signed checkpoint.' }) proof!: string;
  @ApiProperty({
    enum: ['PENDING', 'COSIGNED'],
    description:
      'Whether witnesses outside Personr have cosigned the meta-log that holds the checkpoint. Fetched again later, a receipt has more of it.',
  })
  anchoring!: string;
  @ApiProperty({
    type: ReceiptAnchorView,
    nullable: true,
    description: 'That the meta-log holds the checkpoint; null while it does not.',
  })
  anchor!: ReceiptAnchorView | null;
}

/** Shows a receipt, as it verifies. */
export const toReceiptView = (receipt: Receipt): ReceiptView => ({
  ...receipt,
  anchoring: receipt.anchoring ?? 'PENDING',
  anchor: receipt.anchor ?? null,
});
