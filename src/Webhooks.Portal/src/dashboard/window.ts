const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The length of each span that is counted, in milliseconds. */
const spans = { minute, hour, day } as const;

/** A window of time up to now. */
export interface Window {
  name: string;
  /** In milliseconds. */
  length: number;
  /** The spans that it is drawn by. */
  interval: keyof typeof spans;
  /** The spans by which webhooks are compared: few, since each webhook has them. */
  coarse: keyof typeof spans;
}

export const windows = {
  hour: { name: 'Last hour', length: hour, interval: 'minute', coarse: 'minute' },
  day: { name: 'Last day', length: day, interval: 'hour', coarse: 'hour' },
  week: { name: 'Last week', length: 7 * day, interval: 'hour', coarse: 'day' },
  month: { name: 'Last 30 days', length: 30 * day, interval: 'day', coarse: 'day' },
} as const satisfies Record<string, Window>;

export type WindowName = keyof typeof windows;

/** The window of that name; a day for any other. */
export const windowOf = (name: string | undefined): WindowName =>
  name !== undefined && name in windows ? (name as WindowName) : 'day';

/** How many minutes of a span are over, at least one: the newest has not ended. */
export function minutesOf(interval: string, at: string, now: number): number {
  const length = spans[interval as keyof typeof spans] ?? day;
  return Math.max(1, Math.min(length, now - Date.parse(at)) / minute);
}
