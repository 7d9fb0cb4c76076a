import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { readIfThere } from './files.mjs';

const isRoot = process.getuid?.() === 0;

/** A reason that whoever started the services can act on; its message is shown as it stands. */
export class Failure extends Error {}

/**
 * Starts a program in a session of its own, so that a terminal's Ctrl-C reaches it only through its supervisor. On Linux
 * the kernel ends it when its supervisor dies without a chance to do so.
 *
 * @param {string} program the program's path
 * @param {string[]} args its arguments
 * @param {{ logFile?: string, user?: { uid: number, gid: number }, env?: NodeJS.ProcessEnv }} options where its output is
 *   appended, or else it goes where this process's own goes, and whom it runs as when this process is root
 * @returns {{ pid: number, ended: Promise<string>, hasEnded: () => boolean }} `ended` resolves, never rejects, with how it ended
 */
export function start(program, args, { logFile, user, env = {} }) {
  const [command, ...prefix] = [...launcher(user), program];
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a', 0o600);
  const child = spawn(command, [...prefix, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  if (logFile !== undefined) {
    closeSync(log);
  }

  let hasEnded = false;
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  }).finally(() => {
    hasEnded = true;
  });
  return { pid: child.pid, ended, hasEnded: () => hasEnded };
}

/**
 * Ends a process with one signal after the other until it is gone.
 *
 * @param {number} pid
 * @param {[NodeJS.Signals, number][]} steps a signal, and the seconds to wait after it
 */
export async function end(pid, steps) {
  for (const [signal, seconds] of steps) {
    if (!sendSignal(pid, signal)) {
      return;
    }

    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      if (!isRunning(pid)) {
        return;
      }

      await wait(20);
    }
  }
}

/** Whether a process with this id runs and has all these words in its command line: ids are used again for other programs. */
export function isRunningWith(pid, words) {
  const commandLine = pid > 0 && isRunning(pid) ? readCommandLine(pid) : '';
  return commandLine !== '' && words.every((word) => commandLine.includes(word));
}

/** Sends a signal to a process or, for a negative id, to a process group; false when there is none. */
export function sendSignal(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') {
      return false;
    }

    throw error;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Whether a process has ended and is still visible, as an orphan is for ever in a container whose first process reaps nothing. */
function isZombie(pid) {
  return /^\d+ \(.*\) Z/s.test(readIfThere(`/proc/${pid}/stat`) ?? '');
}

function readCommandLine(pid) {
  const commandLine = readIfThere(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ')
    ?? spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return commandLine?.trim() ?? '';
}

/**
 * The words to put before a command. A user other than root keeps one of root's rights, to pass through directories: the
 * checkout may well be below /root.
 */
function launcher(user) {
  const changesUser = isRoot && user !== undefined;
  if (!canUseSetpriv()) {
    if (changesUser) {
      throw new Failure("PostgreSQL cannot run as root, and 'setpriv' (package util-linux), which lets it run as another user, is missing. "
        + 'Install it, or do not run this as root.');
    }

    return [];
  }

  const asUser = changesUser
    ? [
        '--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups',
        '--inh-caps=+dac_override', '--ambient-caps=+dac_override',
      ]
    : [];
  return ['setpriv', '--pdeathsig', 'INT', ...asUser, '--'];
}

let setprivWorks;

function canUseSetpriv() {
  setprivWorks ??= spawnSync('setpriv', ['--pdeathsig', 'INT', '--', 'true']).status === 0;
  return setprivWorks;
}
