import { type Fault } from './faults.js';
import { keysAt } from './loot-views.js';
import { changed, subjectOf, under, without } from './planting.js';

/** What went although somebody needs it. */
export const lossFaults = (): Fault[] => [...ofSurvivors, ...ofOrders];

const ofSurvivors: Fault[] = [
  {
    name: "a survivor's keys are lost",
    claim: 'survivors-are-read',
    plant: (loot) => without(loot, ({ of }) => of === subjectOf(loot, 'KEPT')),
  },
  {
    name: 'what was kept in part is lost',
    claim: 'survivors-are-read',
    plant: (loot) => without(loot, ({ of }) => of === subjectOf(loot, 'PARTLY')),
  },
  {
    name: 'what was held is lost',
    claim: 'survivors-are-read',
    plant: (loot) => without(loot, ({ of }) => of === subjectOf(loot, 'HELD')),
  },
  {
    name: "a survivor's row is lost",
    claim: 'survivors-are-read',
    plant: (loot) => {
      const of = subjectOf(loot, 'KEPT');
      return changed(loot, (late) => ({
        ...late,
        things: late.things.filter((thing) => thing.of !== of || thing.element !== 'MRZ'),
      }));
    },
  },
];

const ofOrders: Fault[] = [
  {
    name: "the order's key goes with the person",
    claim: 'orders-are-kept',
    plant: (loot) => without(loot, ({ of }) => of === [...loot.facts.orders.keys()][0]),
  },
  {
    name: "an order lies under a subject's key",
    claim: 'orders-are-kept',
    plant: (loot) => {
      const { keys } = keysAt(loot, ['late']);
      const key = keys.find(({ owner }) => owner !== null && loot.facts.subjects.has(owner));
      const writing = loot.living.late.things.find(
        ({ kind, tenantId }) => kind === 'writing' && tenantId === key?.tenantId,
      );
      if (key === undefined || writing === undefined) throw new Error('there is no order');
      return changed(loot, (late) => ({ ...late, things: [...late.things, under(writing, key.key)] }));
    },
  },
];
