import { ApiProperty } from '@nestjs/swagger';
import { CONTRACT_PURPOSES } from '@personr/law';
import { type Agreement } from '@personr/terms';
import { AnnexBody } from './agreements.dto.js';

/** A Service Provider Agreement. */
export class AgreementView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) effectiveFrom!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) effectiveTo!: string | null;
  @ApiProperty({ type: 'integer', minimum: 0 }) windDownDays!: number;
  @ApiProperty({ enum: CONTRACT_PURPOSES, enumName: 'ContractPurpose', isArray: true }) purposes!: string[];
  @ApiProperty({ type: 'array', items: { type: 'integer' } }) checklist!: number[];
  @ApiProperty({ type: [AnnexBody] }) annexes!: AnnexBody[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

/** A page of agreements. */
export class AgreementPageView {
  @ApiProperty({ type: [AgreementView] }) items!: AgreementView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Shows an agreement. */
export const toAgreementView = (agreement: Agreement): AgreementView => ({
  id: agreement.id,
  effectiveFrom: agreement.effectiveFrom.toISOString(),
  effectiveTo: agreement.effectiveTo?.toISOString() ?? null,
  windDownDays: agreement.windDownDays,
  purposes: [...agreement.purposes],
  checklist: [...agreement.checklist],
  annexes: agreement.annexes.map((annex) => ({ ...annex })),
  createdAt: agreement.createdAt.toISOString(),
});
