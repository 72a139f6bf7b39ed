// The lock that keeps two `npm start` in one clone from installing or compiling over each other.
// Plain JavaScript, since it works before anything is compiled; stack/lock.ts is its typed counterpart.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** When the process started, in whatever form the system tells it: with the pid it names one process for good. */
function startOf(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    } catch {
      return ''; // no such process
    }
  }
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}

function holderOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(holder) {
  const [pid, start] = holder.split(' ', 2);
  return start !== '' && startOf(pid) === holder.slice(pid.length + 1);
}

/** Waits for the lock; `say` is told once who is waited for. Returns what gives it back. */
export async function takeLock(file, say) {
  mkdirSync(dirname(file), { recursive: true });
  const claim = `${file}.${process.pid}`;
  const own = `${process.pid} ${startOf(process.pid)}`;
  let told = false;
  const release = () => {
    if (holderOf(file) === own) rmSync(file, { force: true });
  };
  // A link is made whole or not at all, so that a reader never sees a half-written lock.
  writeFileSync(claim, own);
  try {
    for (;;) {
      try {
        linkSync(claim, file);
        break;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      if (holder !== undefined && !isAlive(holder)) {
        if (holderOf(file) === holder) rmSync(file, { force: true });
        continue;
      }
      if (!told && holder !== undefined)
        say(`Waiting for process ${holder.split(' ')[0]}, which is building …`);
      told = true;
      await sleep(100);
    }
  } finally {
    rmSync(claim, { force: true });
  }
  process.on('exit', release);
  return release;
}
