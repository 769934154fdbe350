import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import {
  type DeadUpload,
  endUpload,
  listDeadUploads,
  objectNameOf,
  ObjectStore,
  takeDeadUpload,
} from '@personr/stores';
import { Tenancy } from '@personr/tenancy';
import { SealedDocuments } from './sealed-documents.js';

const AT_ONCE = 50;

/** Clears away what uploads left that nobody finished: a process that died, or bytes that came after an erasure. */
@Injectable()
export class SweepUploads {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly objects: ObjectStore,
    private readonly documents: SealedDocuments,
    private readonly clock: Clock,
  ) {}

  /** Sweeps up to fifty dead uploads and returns how many it cleared away. Throws `SERVICE_UNAVAILABLE`. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const dead = await this.tenancy.forRelay((tx) => listDeadUploads(tx, { now, limit: AT_ONCE }));
    let swept = 0;
    for (const upload of dead) if (await this.sweep(upload, now)) swept += 1;
    return swept;
  }

  /** The bytes go first, then their key, then the row that knows of both. */
  private sweep({ tenantId, id }: DeadUpload, now: Date): Promise<boolean> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const upload = await takeDeadUpload(tx, { id, now });
      if (upload === null) return false;
      const name = objectNameOf(tenantId, upload);
      await this.objects.remove({ prefix: name, suspects: [name] });
      await this.documents.dropKey(tenantId, upload);
      return endUpload(tx, id);
    });
  }
}
