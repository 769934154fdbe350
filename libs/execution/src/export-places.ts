import { type WorkLane } from '@personr/work';

/** Why an export is given back though nothing failed: as many as may are being built. */
export const NO_PLACE = 'EXPORTS_UNDER_WAY';

/** Lets so many exports of a lane be built at once in this process, so that hands are left for what erases. */
export class ExportPlaces {
  private readonly taken = new Map<WorkLane, number>();

  constructor(private readonly most: Readonly<Record<WorkLane, number>> | undefined) {}

  /** Does it when there is a place. Returns false, and nothing was done, when there is none. Throws what it throws. */
  async within(lane: WorkLane, work: () => Promise<void>): Promise<boolean> {
    const taken = this.taken.get(lane) ?? 0;
    if (taken >= (this.most?.[lane] ?? Infinity)) return false;
    this.taken.set(lane, taken + 1);
    try {
      await work();
      return true;
    } finally {
      this.taken.set(lane, (this.taken.get(lane) ?? 1) - 1);
    }
  }
}
