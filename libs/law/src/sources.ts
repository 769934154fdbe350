const TABLE = {
  CLIENT_OR_AGENT: { title: 'directly from our clients or their agents', citation: 'Notification, S-29' },
  CONSUMER_DIRECT: { title: 'directly from the consumer', citation: 'Notification, S-30' },
  WEBSITE: { title: 'from interaction with our websites', citation: 'Notification, S-31' },
  // The Notification describes the cross-checks but does not list the Data Providers among its sources.
  DATA_PROVIDER: { title: 'databases of Data Providers', citation: 'Notification, S-32' },
} satisfies Record<string, { title: string; citation: string }>;

/** The name of a source. Never renamed and never reused. */
export type SourceCode = keyof typeof TABLE;

/** Every source personal information can come from (S-29 to S-32). */
export const SOURCES: Readonly<Record<SourceCode, { readonly title: string; readonly citation: string }>> =
  TABLE;

/** Every source code, in the order of the table. */
export const SOURCE_CODES = Object.keys(TABLE) as readonly SourceCode[];

/** Says whether `text` names a source. */
export const isSource = (text: string): text is SourceCode => Object.hasOwn(TABLE, text);
