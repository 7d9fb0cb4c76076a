import { formatCount } from '../../../ui/text.ts';
import { formatSeconds } from '../../../ui/time.ts';

const lengths: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** The waits between attempts, in seconds, of a text such as `30 s, 5 min, 1 h 30 min`; null when it is none. */
export function parseDelays(text: string): number[] | null {
  if (text.trim() === '') {
    return [];
  }

  const delays = text.split(/[,;\n]/).map(parseDelay);
  return delays.includes(null) ? null : (delays as number[]);
}

/** The same waits as a text. */
export const formatDelays = (delays: readonly number[]): string => delays.map(formatSeconds).join(', ');

/** What comes of waits, in words. */
export function describeDelays(delays: readonly number[]): string {
  if (delays.length === 0) {
    return 'One attempt only: nothing is tried again.';
  }

  const total = delays.reduce((sum, delay) => sum + delay, 0);
  const waits = formatCount(delays.length, 'wait');
  return `${delays.length + 1} attempts with ${waits}: ${formatDelays(delays)}. Gives up after ${formatSeconds(total)}.`;
}

/** A length of time, in seconds when it has no unit; null when it is none. */
function parseDelay(text: string): number | null {
  const parts = [...text.trim().matchAll(/(\d+)\s*([a-z]*)\s*/gi)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) {
    return null;
  }

  let seconds = 0;
  for (const [, count, unit = ''] of parts) {
    const length = unit === '' && parts.length === 1 ? 1 : lengths[unit.toLowerCase()];
    if (length === undefined) {
      return null;
    }
    seconds += Number(count) * length;
  }

  return seconds;
}
