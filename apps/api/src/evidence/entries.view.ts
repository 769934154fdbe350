import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type LoggedEntry } from '@personr/audit';

const orNull = (description: string) => ({ type: String, nullable: true, description });

/** Who acted. */
export class ActorView {
  @ApiProperty({ description: 'API_CLIENT, OPERATOR, SYSTEM.', example: 'API_CLIENT' }) kind!: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'Our id of the API client.' }) id?: string;
}

/** An entry of the log. What it says is in its bundle, byte for byte. */
export class EntryView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: 'integer', description: 'Its place in the log, from 0.' }) index!: number;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ description: 'What happened.', example: 'instruction.closed' }) event!: string;
  @ApiProperty({ type: ActorView, description: 'Who acted.' }) actor!: ActorView;
  @ApiProperty({ ...orNull('The instruction that it is about.'), format: 'uuid' })
  instructionId!: string | null;
  @ApiProperty(orNull('The random reference of the subject that it is about.')) subjectRef!: string | null;
  @ApiProperty(orNull('The state before.')) from!: string | null;
  @ApiProperty(orNull('The state after.')) to!: string | null;
  @ApiProperty({ description: 'How it came out.', example: 'COMPLETED' }) outcome!: string;
  @ApiProperty(orNull('Why.')) reasonCode!: string | null;
  @ApiProperty(orNull('The policy that was applied.')) policyVersion!: string | null;
  @ApiProperty(orNull('The request that it came with.')) requestId!: string | null;
  @ApiProperty(orNull('A salted hash of what is kept elsewhere, as of a receipt.')) commitment!:
    string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Counts, codes and ids.',
  })
  detail!: object | null;
}

/** A page of entries. */
export class EntryPageView {
  @ApiProperty({ type: [EntryView] }) items!: EntryView[];
  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last.' })
  nextCursor!: string | null;
}

/** Shows an entry. */
export const toEntryView = (entry: LoggedEntry): EntryView => ({ ...entry, actor: { ...entry.actor } });
