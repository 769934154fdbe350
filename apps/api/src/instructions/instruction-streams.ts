import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { FindInstruction } from '@personr/instruction';
import { DomainError, type InstructionId, isDomainError, type TenantId } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { callerAs, callerOf, type CallerRequest, type ClientCaller } from '../auth/caller.js';
import { StillGranted } from '../auth/still-granted.js';
import { problemOf } from '../problem/problem.js';
import { type InstructionView } from './instructions.view.js';
import { ShowInstruction } from './show-instruction.js';

/** What is watched, and from where on. */
export type Watch = {
  readonly id: InstructionId;
  /** The id of the last event that the client has seen; undefined when it has seen none. */
  readonly lastEventId: string | undefined;
  /** How long at most. */
  readonly seconds: number;
};

/** How an instruction stands, and the name of that: the same name, the same standing. */
type Standing = { readonly view: InstructionView; readonly name: string };

const LOOK_MILLISECONDS = 1_000;
/** Shorter than any proxy waits for a silent server. */
const SILENT_LOOKS = 15;
const STALLED_MILLISECONDS = 120_000;
const MOST_OF_A_TENANT = 20;
const MOST = 200;
const RETRY_AFTER_SECONDS = 5;

/** Tells of instructions while they go on, as server-sent events (HTML Standard, section 9.2). */
@Injectable()
export class InstructionStreams implements BeforeApplicationShutdown {
  private readonly closing = new AbortController();
  private readonly places = new Map<TenantId, number>();

  constructor(
    private readonly findInstruction: FindInstruction,
    private readonly showInstruction: ShowInstruction,
    private readonly stillGranted: StillGranted,
  ) {}

  /** Lets streams end; their clients come again, to another process. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  /**
   * The events: how it stands now unless that has been seen, and then each time that it stands otherwise. It ends with
   * the instruction, with the token or its scope (an event `problem` says so), with the time, and with this process.
   * Null when it has ended and the client has seen that. A client that comes again with the last id misses nothing that
   * still is so, since each event is the whole. Throws `INSTRUCTION_NOT_FOUND`, and `RATE_LIMITED` when the tenant or
   * this process has as many streams as may be open.
   */
  async open(request: CallerRequest, reply: FastifyReply, watch: Watch): Promise<Readable | null> {
    const caller = callerOf(request);
    const leave = this.enter(caller.tenantId, reply);
    const gone = new AbortController();
    reply.raw.once('close', () => {
      gone.abort();
      leave();
    });
    const first = await this.look(caller, watch.id);
    if (first.view.final && first.name === watch.lastEventId) return null;
    reply.raw.setTimeout(STALLED_MILLISECONDS, () => reply.raw.destroy());
    const end = AbortSignal.any([
      this.closing.signal,
      gone.signal,
      AbortSignal.timeout(watch.seconds * 1_000),
    ]);
    return Readable.from(this.events(request, { first, watch, end }), { objectMode: false });
  }

  /** Takes a place. Returns what gives it back, once. */
  private enter(tenantId: TenantId, reply: FastifyReply): () => void {
    const taken = this.places.get(tenantId) ?? 0;
    const all = [...this.places.values()].reduce((sum, each) => sum + each, 0);
    if (taken >= MOST_OF_A_TENANT || all >= MOST) {
      void reply.header('Retry-After', RETRY_AFTER_SECONDS);
      throw new DomainError('RATE_LIMITED', 'As many streams as may be are open. Close one, or come later.');
    }
    this.places.set(tenantId, taken + 1);
    return () => {
      const left = (this.places.get(tenantId) ?? 1) - 1;
      if (left > 0) this.places.set(tenantId, left);
      else this.places.delete(tenantId);
    };
  }

  private async *events(
    request: CallerRequest,
    { first, watch, end }: { first: Standing; watch: Watch; end: AbortSignal },
  ): AsyncGenerator<string> {
    yield `retry: ${LOOK_MILLISECONDS}\n\n`;
    let [standing, seen, silent] = [first, watch.lastEventId, 0];
    for (;;) {
      if (standing.name !== seen) {
        yield messageOf('instruction', standing.view, standing.name);
        [seen, silent] = [standing.name, 0];
      } else if (++silent % SILENT_LOOKS === 0) yield ': still so\n\n';
      if (standing.view.final || !(await isTimeLeft(end))) return;
      try {
        standing = await this.look(await this.callerNow(request), watch.id);
      } catch (error) {
        if (!isDomainError(error)) throw error;
        yield messageOf('problem', problemOf(error.code, { detail: error.message, requestId: request.id }));
        return;
      }
    }
  }

  /** The caller with what its token grants now. Throws what the guard would. */
  private async callerNow(request: CallerRequest): Promise<ClientCaller> {
    const caller = callerAs(request, await this.stillGranted.assert(request));
    if (caller.scopes.includes('instructions:read')) return caller;
    throw new DomainError(
      'SCOPE_MISSING',
      'The token does not hold the scope that this route needs any more.',
    );
  }

  private async look(caller: ClientCaller, id: InstructionId): Promise<Standing> {
    const found = await this.findInstruction.byId(caller.tenantId, id);
    const view = await this.showInstruction.run(caller, found);
    const name = createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 22);
    return { view, name };
  }
}

/** Waits for the next look. False when there is none. */
const isTimeLeft = (end: AbortSignal): Promise<boolean> =>
  pause(LOOK_MILLISECONDS, true, { signal: end }).catch(() => false);

const messageOf = (event: string, data: object, id?: string): string =>
  [
    `event: ${event}`,
    ...(id === undefined ? [] : [`id: ${id}`]),
    `data: ${JSON.stringify(data)}`,
    '',
    '',
  ].join('\n');
