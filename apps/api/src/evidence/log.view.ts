import { ApiProperty } from '@nestjs/swagger';
import { type LogVkey } from '@personr/audit';

const time = (description: string) => ({ type: String, format: 'date-time', nullable: true, description });

/** A key that signs the log, or did. */
export class LogKeyView {
  @ApiProperty({
    description: 'The key as a verifier pins it (C2SP signed-note, "Verifier keys").',
    example:
      'personr.example/log/5e1f0c8e9a1f6b4a539f0e2f3f1f7d4a+0b7de0ae+AZPvF5tqOUX2Ls7q7u4xFMrJmDmNQXHkRfLbRBkOuZ8q',
  })
  vkey!: string;
  @ApiProperty(time('Since when it signs; null where nobody wrote it down.')) from!: string | null;
  @ApiProperty(time('Until when it signed; null while it signs.')) until!: string | null;
}

/** The keys of a log. */
export class LogKeysView {
  @ApiProperty({ type: [LogKeyView], description: 'The newest first; none before the first checkpoint.' })
  keys!: LogKeyView[];
}

/** Shows the keys. */
export const toLogKeysView = (vkeys: readonly LogVkey[]): LogKeysView => ({
  keys: vkeys.map((key) => ({ ...key })),
});
