import { type TideGate } from '@personr/tide';
import { type Beat } from './pulse.js';

/** The beat, which finds nothing to do while the service is closed. */
export const whileOpen =
  (gate: Pick<TideGate, 'isOpen'>, beat: Beat): Beat =>
  () =>
    gate.isOpen ? beat() : Promise.resolve(0);
