import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const secondsToStop = 10;
const running = new Set();

/** The path of a file below bench/. */
export function inBench(relative) {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}

/**
 * Starts a program; the kernel asks it to end when this process dies without a chance to do so. Asks, because what is killed leaves
 * its own children behind.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ stdio?: import('node:child_process').StdioOptions, env?: NodeJS.ProcessEnv, user?: string }} options `user` only has
 *   a meaning when this process is root's
 * @returns {import('node:child_process').ChildProcess} with a promise `ended` of its exit code
 */
export function start(program, args, { stdio = ['pipe', 'pipe', 'inherit'], env = process.env, user } = {}) {
  const identity = user && process.getuid() === 0 ? [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'] : [];
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...identity, '--', program, ...args], { stdio, env });
  child.ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
    child.once('error', (error) => resolve(error.message));
  });
  running.add(child);
  child.ended.then(() => running.delete(child));
  return child;
}

/** Stops a program and waits for its end. */
export async function stop(child, signal = 'SIGTERM') {
  if (!running.has(child)) {
    return;
  }

  child.kill(signal);
  const forced = setTimeout(() => child.kill('SIGKILL'), secondsToStop * 1000);
  await child.ended;
  clearTimeout(forced);
}

/** Ends whatever is still running. */
export function killAll() {
  return Promise.all([...running].map((child) => stop(child, 'SIGKILL')));
}

/** Runs a program to its end and returns what it printed. */
export async function output(program, args, options) {
  const child = start(program, args, options);
  child.stdin.end();
  let text = '';
  child.stdout.on('data', (chunk) => { text += chunk; });
  const outcome = await child.ended;
  if (outcome !== 0) {
    throw new Error(`${program} ended with ${outcome}`);
  }

  return text;
}
