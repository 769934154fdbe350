import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock-file.mjs';

describe('a lock file', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'personr-lock-'));
    path = join(directory, 'lock');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const take = () => {
    const lock = takeLock(path);
    if ('holder' in lock) throw new Error('held');
    return lock;
  };

  it('is held by one, who is named to the next, until it is released', () => {
    const lock = take();
    expect(takeLock(path)).toEqual({ holder: expect.objectContaining({ pid: process.pid }) as unknown });
    lock.release();
    expect(existsSync(path)).toBe(false);
    take().release();
  });

  it('is taken over from a process that has ended', () => {
    const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    writeFileSync(path, JSON.stringify({ pid }));
    take().release();
  });

  it('is taken over from a process whose id another has by now', () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, birth: '1' }));
    take().release();
  });

  it('is taken over when it was never written whole', () => {
    writeFileSync(path, '{"pi');
    take().release();
  });

  it('is not released by one who has lost it', () => {
    const lost = take();
    writeFileSync(path, JSON.stringify({ pid: 1 }));
    lost.release();
    expect(existsSync(path)).toBe(true);
  });

  it('leaves nothing beside it', () => {
    take();
    takeLock(path);
    expect(readdirSync(directory)).toEqual(['lock']);
  });
});
