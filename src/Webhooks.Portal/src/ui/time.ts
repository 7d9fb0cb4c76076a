const zoned = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A time in the reader's zone and language. */
export const formatTime = (time: string): string => zoned.format(new Date(time));

/** A time in UTC, to the second. */
export const formatUtc = (time: string): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** How long ago or ahead a time is, in its largest unit. */
export function formatRelative(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** How long until a time, as in `1 h 02 min 05 s`; `now` when it has come. */
export function formatCountdown(until: string, now: number): string {
  const seconds = Math.ceil((Date.parse(until) - now) / 1000);
  return seconds <= 0 ? 'now' : formatSeconds(seconds);
}

/** A length of time in whole seconds, as in `1 h 02 min 05 s`. */
export function formatSeconds(total: number): string {
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3_600);
  const minutes = Math.floor((total % 3_600) / 60);
  const seconds = total % 60;
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  let last = parts.length;
  while (last > first + 1 && parts[last - 1]?.[0] === 0) {
    last--;
  }

  return first < 0
    ? '0 s'
    : parts
        .slice(first, last)
        .map(([value, unit], index) => `${index === 0 ? value : String(value).padStart(2, '0')} ${unit}`)
        .join(' ');
}

/** A duration in milliseconds, as in `31 ms` or `2.4 s`. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A time as an input of local date and time takes it, to the second. */
export function toLocalInput(time: string | number): string {
  const at = new Date(time);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}
