import { readFileSync } from 'node:fs';

// Read by a process of the product before its own code (NODE_OPTIONS=--import): its clock is ahead by as many
// milliseconds as the file says. Time is the one thing of the world that the attack cannot wait for.
const file = process.env.ATTACK_CLOCK_FILE;
const ahead = file === undefined ? 0 : Number(readFileSync(file, 'utf8'));
const Present = Date;

class Later extends Present {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(Present.now() + ahead);
    else super(...(parts as [number]));
  }

  static override now(): number {
    return Present.now() + ahead;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Present;
  }
}

globalThis.Date = Later as DateConstructor;
