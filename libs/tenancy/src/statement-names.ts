import { createHash } from 'node:crypto';

const KEPT = 300;
const LONGEST = 4000;

/**
 * Names statements so that a connection prepares each once: PostgreSQL then neither parses nor plans it again.
 * The first 300 of at most 4,000 characters get a name, the same text always the same; a statement beyond that
 * (a bulk insert of an odd size) goes unnamed, so what a connection remembers stays bounded.
 */
export class StatementNames {
  private readonly names = new Map<string, string>();

  /** The statement's name; empty, which is the protocol's word for unnamed, for one that goes without. */
  nameOf(sql: string): string {
    const known = this.names.get(sql);
    if (known !== undefined) return known;
    if (sql.length > LONGEST || this.names.size >= KEPT) return '';
    const name = `personr_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
    this.names.set(sql, name);
    return name;
  }
}
