// Runs a program, given with its arguments, for as long as standard input is open: so it ends with the process that holds the
// other end, however that one ends, and everything that the program started ends with it. Signals are left to that process, as
// in services.mjs. The program's output goes where this one's goes.
import { end, sendSignal, start } from './processes.mjs';

/** The signals that end the program, as Ctrl-C does: the Azure Functions Core Tools ignore SIGTERM. */
const stopSteps = [['SIGINT', 30], ['SIGKILL', 5]];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {});
}

const [program, ...args] = process.argv.slice(2);
const child = start(program, args, {});
const stop = () => end(child.pid, stopSteps);
process.stdin.on('end', stop).on('error', stop).resume();

await child.ended;
sendSignal(-child.pid, 'SIGKILL');
process.exit();
