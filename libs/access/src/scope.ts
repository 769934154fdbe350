/** What a credential may do. `subjects:read` shows the inventory and no value; values need `values:read`. */
export const SCOPES = [
  'subjects:read',
  'subjects:write',
  'values:read',
  'packages:read',
  'instructions:read',
  'instructions:write',
  'instructions:approve',
  'evidence:read',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Says whether `text` names a scope. */
export const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);
