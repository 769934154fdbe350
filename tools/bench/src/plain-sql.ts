import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The same rows without keys, log, isolation or idempotency: what a plain system would do. */
export class PlainSql {
  private constructor(private readonly client: pg.Client) {}

  /** Connects as the owner and makes tables of its own beside the product's. */
  static async open(ownerUrl: string): Promise<PlainSql> {
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect();
    await client.query(`create schema if not exists bench;
      create table if not exists bench.subject (id uuid primary key, external_id text, created_at timestamptz);
      create table if not exists bench.record (id uuid primary key, subject_id uuid, element text, value text);
      create index if not exists record_subject on bench.record (subject_id);
      create table if not exists bench.instruction (id uuid primary key, subject_id uuid, body jsonb);
      create table if not exists bench.outbox (id uuid primary key, entry jsonb)`);
    return new PlainSql(client);
  }

  /** Inserts a subject with these values in one transaction. Returns its id. */
  async insertSubject(externalId: string, records: readonly { element: string; value: unknown }[]) {
    const id = randomUUID();
    await this.transaction(async () => {
      await this.client.query('insert into bench.subject values ($1, $2, now())', [id, externalId]);
      await this.client.query(
        'insert into bench.record select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])',
        [
          records.map(() => randomUUID()),
          records.map(() => id),
          records.map(({ element }) => element),
          records.map(({ value }) => JSON.stringify(value)),
        ],
      );
    });
    return id;
  }

  /** Inserts many subjects with their values, by two statements in one transaction. */
  async insertSubjects(
    subjects: readonly { externalId: string; records: readonly { element: string; value: unknown }[] }[],
  ): Promise<void> {
    const withIds = subjects.map((subject) => ({ ...subject, id: randomUUID() }));
    const rows = withIds.flatMap(({ id, records }) =>
      records.map((record) => ({ ...record, subjectId: id })),
    );
    await this.transaction(async () => {
      await this.client.query(
        'insert into bench.subject select id, external_id, now() from unnest($1::uuid[], $2::text[]) t(id, external_id)',
        [withIds.map(({ id }) => id), withIds.map(({ externalId }) => externalId)],
      );
      await this.client.query(
        'insert into bench.record select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])',
        [
          rows.map(() => randomUUID()),
          rows.map(({ subjectId }) => subjectId),
          rows.map(({ element }) => element),
          rows.map(({ value }) => JSON.stringify(value)),
        ],
      );
    });
  }

  /** Inserts an instruction and its outbox row in one transaction. */
  async insertInstruction(subjectId: string, body: object): Promise<void> {
    await this.transaction(async () => {
      const id = randomUUID();
      await this.client.query('insert into bench.instruction values ($1, $2, $3)', [id, subjectId, body]);
      await this.client.query('insert into bench.outbox values ($1, $2)', [id, { event: 'accepted' }]);
    });
  }

  /** Deletes the subject and its values in one transaction. */
  async deleteSubject(subjectId: string): Promise<void> {
    await this.transaction(async () => {
      await this.client.query('delete from bench.record where subject_id = $1', [subjectId]);
      await this.client.query('delete from bench.subject where id = $1', [subjectId]);
    });
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return this.client.end();
  }

  private async transaction(work: () => Promise<void>): Promise<void> {
    await this.client.query('begin');
    await work();
    await this.client.query('commit');
  }
}
