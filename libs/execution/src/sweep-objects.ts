import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { Clock, type DocumentId, type SubjectId, type TenantId } from '@personr/kernel';
import { documentLabel, objectNameOf, ObjectStore, placeOf, placesWithoutRow } from '@personr/stores';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { SYSTEM } from './execution.events.js';

/** What a sweep over the objects of a tenant came to. */
export type ObjectSweep = {
  /** Objects that were looked at: versions, markers and parts of one name on one page are one. */
  readonly objects: number;
  /** Those that no row knows of and that no living key opens. They were removed. */
  readonly objectsRemoved: number;
  /** Those that no row knows of while their key lives: the rows may be the ones that are lost. They stay. */
  readonly objectsWithoutRow: number;
};

/** The same of each tenant, and how many names of objects are no tenant's here. Those stay: the database may be the wrong one. */
export type ObjectsSwept = {
  readonly tenants: ReadonlyMap<TenantId, ObjectSweep>;
  readonly objectsOfStrangers: number;
};

type Place = { readonly tenantId: TenantId; readonly subjectId: SubjectId; readonly id: DocumentId };

const NOTHING: ObjectSweep = { objects: 0, objectsRemoved: 0, objectsWithoutRow: 0 };

/** Looks for objects that no row knows of, by what lies in the object store. */
@Injectable()
export class SweepObjects {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly objects: ObjectStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Lists everything in the store once, a page at a time, and removes what is provably nobody's: neither a document nor
   * an upload has it, and no key of it lives. An upload has its key and its row before its first byte, so one that is
   * under way is left alone. An entry `objects.swept` for each page of which something went. Safe to call again and beside
   * everything else. Throws `SERVICE_UNAVAILABLE`.
   */
  async run(tenants: ReadonlySet<TenantId>): Promise<ObjectsSwept> {
    const swept = new Map<TenantId, ObjectSweep>([...tenants].map((tenantId) => [tenantId, NOTHING]));
    let objectsOfStrangers = 0;
    for await (const names of this.objects.names('')) {
      const places = new Map(names.map((name) => [name, placeOf(name)]));
      const known = [...places.values()].filter(
        (place): place is Place => place !== null && tenants.has(place.tenantId),
      );
      objectsOfStrangers += places.size - known.length;
      for (const tenantId of new Set(known.map((place) => place.tenantId))) {
        const own = known.filter((place) => place.tenantId === tenantId);
        swept.set(tenantId, sum(swept.get(tenantId) ?? NOTHING, await this.page(tenantId, own)));
      }
    }
    return { tenants: swept, objectsOfStrangers };
  }

  private async page(tenantId: TenantId, places: readonly Place[]): Promise<ObjectSweep> {
    const unknown = await this.tenancy.forTenant(tenantId, (tx) => placesWithoutRow(tx, places));
    const nobodys = unknown.length === 0 ? [] : await this.withoutKey(tenantId, unknown);
    for (const place of nobodys) {
      const name = objectNameOf(tenantId, place);
      await this.objects.remove({ prefix: name, suspects: [name] });
    }
    if (nobodys.length > 0) {
      const at = this.clock.now();
      const detail = { removed: nobodys.length };
      await this.tenancy.forTenant(tenantId, (tx) =>
        this.audit.append(tx, { event: 'objects.swept', at, actor: SYSTEM, detail }),
      );
    }
    return {
      objects: places.length,
      objectsRemoved: nobodys.length,
      objectsWithoutRow: unknown.length - nobodys.length,
    };
  }

  private async withoutKey(tenantId: TenantId, places: readonly Place[]): Promise<Place[]> {
    const owners = [...new Set(places.map(({ subjectId }) => subjectId))];
    const anyKey = await this.vault.keysOfAll(
      tenantId,
      owners.map((owner) => ({ owner })),
    );
    const nobodys: Place[] = [];
    for (const place of places) {
      const { subjectId: owner, id } = place;
      const labels = [documentLabel(id)];
      const lives = anyKey.has(owner) && (await this.vault.keysOfAll(tenantId, [{ owner, labels }])).size > 0;
      if (!lives) nobodys.push(place);
    }
    return nobodys;
  }
}

const sum = (one: ObjectSweep, other: ObjectSweep): ObjectSweep => ({
  objects: one.objects + other.objects,
  objectsRemoved: one.objectsRemoved + other.objectsRemoved,
  objectsWithoutRow: one.objectsWithoutRow + other.objectsWithoutRow,
});
