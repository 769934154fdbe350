/** The id of an instruction in a path, as the contract tells of it. */
export const INSTRUCTION_ID = {
  name: 'id',
  description: 'Our id of the instruction.',
  schema: { type: 'string' as const, format: 'uuid' },
};
