import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type ClientCaller } from '../auth/caller.js';
import { type UploadsConfig } from './uploads.config.js';

/** Provides the limits. */
export const UPLOADS = Symbol('uploads');

const RETRY_SECONDS = 5;
const PROCESS = 'process';

type Slot = { readonly name: string; readonly limit: number };

/** Limits how many uploads go on at once in this process: of a credential, of a tenant, and of all. */
@Injectable()
export class UploadSlots {
  private readonly taken = new Map<string, number>();

  constructor(@Inject(UPLOADS) private readonly limits: UploadsConfig) {}

  /**
   * Holds a place while the upload lasts, however it ends. Nothing is waited for: without a place it throws, before the
   * upload has begun, `UPLOADS_FULL` where the caller has its share, `SERVICE_UNAVAILABLE` where this process is full,
   * and says in the answer's headers when to come again.
   */
  async hold<T>(caller: ClientCaller, reply: FastifyReply, upload: () => Promise<T>): Promise<T> {
    const slots = this.slotsOf(caller);
    const full = slots.find(({ name, limit }) => this.countOf(name) >= limit);
    if (full !== undefined) {
      void reply.header('Retry-After', String(RETRY_SECONDS));
      throw full.name === PROCESS ? processFull() : callerFull();
    }
    for (const { name } of slots) this.taken.set(name, this.countOf(name) + 1);
    try {
      return await upload();
    } finally {
      for (const { name } of slots) this.giveBack(name);
    }
  }

  private slotsOf({ tenantId, clientId }: ClientCaller): Slot[] {
    const { perCredential, perTenant, perProcess } = this.limits;
    return [
      { name: `credential ${clientId}`, limit: perCredential },
      { name: `tenant ${tenantId}`, limit: perTenant },
      { name: PROCESS, limit: perProcess },
    ];
  }

  private countOf(name: string): number {
    return this.taken.get(name) ?? 0;
  }

  private giveBack(name: string): void {
    const left = this.countOf(name) - 1;
    if (left > 0) this.taken.set(name, left);
    else this.taken.delete(name);
  }
}

const callerFull = (): DomainError =>
  new DomainError(
    'UPLOADS_FULL',
    'As many uploads as you may have at once are under way. Come again after the seconds that Retry-After says.',
  );

const processFull = (): DomainError =>
  new DomainError(
    'SERVICE_UNAVAILABLE',
    'As many uploads as fit are under way here. Come again after the seconds that Retry-After says.',
  );
