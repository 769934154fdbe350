import { ApiProperty } from '@nestjs/swagger';
import { ELEMENT_CODES, EXCEPTION_GROUNDS } from '@personr/law';
import { type Hold, HOLD_END_REASONS } from '@personr/subjects';
import { InstructionView } from '../instructions/instructions.view.js';

/** A hold, active or ended. */
export class HoldView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid', description: 'Our id of the subject.' }) subjectId!: string;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The instruction that it was placed on; null for one placed on the subject.',
  })
  instructionId!: string | null;
  @ApiProperty({ enum: EXCEPTION_GROUNDS, enumName: 'ExceptionGround' }) ground!: string;
  @ApiProperty({ example: '31 CFR 1020.220(a)(3)', description: 'The law or order that it rests on.' })
  citation!: string;
  @ApiProperty({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    isArray: true,
    description: 'What is kept; everything when none are named.',
  })
  elements!: string[];
  @ApiProperty({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    isArray: true,
    description: 'What it came too late for: gone, or its keys being destroyed, when it was placed.',
  })
  gone!: string[];
  @ApiProperty({ format: 'uuid', description: 'The API client that placed it.' }) placedBy!: string;
  @ApiProperty({ format: 'date-time', description: 'When it was placed.' }) startsAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ends by itself; null when it does not.',
  })
  endsAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the ground is looked at again.',
  })
  reviewAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ended; null while it is active.',
  })
  endedAt!: string | null;
  @ApiProperty({
    enum: [...HOLD_END_REASONS, 'TIME_CAME', null],
    nullable: true,
    type: String,
    description: 'Why it ended.',
  })
  endReason!: string | null;
}

/** A page of holds. */
export class HoldPageView {
  @ApiProperty({ type: [HoldView] }) items!: HoldView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** An instruction after a hold on it was placed or released, and that hold. */
export class HeldInstructionView extends InstructionView {
  @ApiProperty({ type: HoldView, description: 'The hold that was placed or released.' }) hold!: HoldView;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Shows a hold. */
export const toHoldView = (hold: Hold): HoldView => ({
  id: hold.id,
  subjectId: hold.subjectId,
  instructionId: hold.instructionId,
  ground: hold.ground,
  citation: hold.citation,
  elements: [...hold.elements],
  gone: [...hold.gone],
  placedBy: hold.placedBy,
  startsAt: hold.startsAt.toISOString(),
  endsAt: iso(hold.endsAt),
  reviewAt: iso(hold.reviewAt),
  endedAt: iso(hold.endedAt),
  endReason: hold.endReason,
});
