import { redisMissing, redisProgram } from '../src/redis.mjs';
import { canInstall, installPackages } from './debian.mjs';

/** Makes sure that there is a Redis to use. Throws `REDIS_MISSING`, which says what to do. */
export async function ensureRedis() {
  if (process.env.REDIS_URL || redisProgram() !== undefined) return;
  if (!canInstall()) throw redisMissing();
  await installPackages(['redis-server']);
  if (redisProgram() === undefined) throw redisMissing();
}
