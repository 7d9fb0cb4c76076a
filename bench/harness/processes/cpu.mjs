// CPU seconds of process trees and of the whole machine, read from /proc.
import { readFileSync } from 'node:fs';
import { readIfThere } from '../../../local/files.mjs';

const ticksPerSecond = 100;

/**
 * Starts to meter groups of processes.
 *
 * @param {Record<string, number[]>} groups process ids by the name of their group; descendants count with them
 * @returns {() => Record<string, number>} the CPU seconds since then, of each group and of `harness` (this process), `others`, `idle`
 *   and `steal`
 */
export function meterCpu(groups) {
  const before = sample(groups);
  return () => {
    const after = sample(groups);
    const used = Object.fromEntries(Object.keys(groups).map((name) => [name, after.groups[name] - before.groups[name]]));
    const harness = (after.self.user + after.self.system - before.self.user - before.self.system) / 1e6;
    const ours = Object.values(used).reduce((sum, seconds) => sum + seconds, harness);
    return {
      ...used,
      harness,
      others: Math.max(0, after.machine.busy - before.machine.busy - ours),
      idle: after.machine.idle - before.machine.idle,
      steal: after.machine.steal - before.machine.steal,
    };
  };
}

function sample(groups) {
  return {
    machine: machineSeconds(),
    self: process.cpuUsage(),
    groups: Object.fromEntries(Object.entries(groups).map(([name, pids]) => [
      name,
      pids.reduce((sum, pid) => sum + treeSeconds(pid), 0),
    ])),
  };
}

function machineSeconds() {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0].split(/\s+/).slice(1).map((ticks) => Number(ticks) / ticksPerSecond);
  return { busy: user + nice + system + irq + softirq, idle: idle + iowait, steal };
}

/** The CPU seconds of a process, of its children that have ended, and of its living descendants. */
function treeSeconds(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) {
    return 0;
  }

  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`)?.split(' ').filter(Boolean) ?? [];
  return children.reduce((sum, child) => sum + treeSeconds(child), own);
}
