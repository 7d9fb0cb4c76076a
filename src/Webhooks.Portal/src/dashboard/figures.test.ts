import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { errorsOf, errorWords, outcomesOf, stack, worstOf } from './figures.ts';
import { minutesOf, windowOf } from './window.ts';

const now = Date.parse('2026-01-31T18:30:00Z');
const group = (key: string | null, attempts: number, failed_attempts: number) =>
  ({ key, attempts, failed_attempts }) as Schemas['Group'];
const keys = (groups: readonly Schemas['Group'][]) => groups.map(({ key }) => key);

describe('A rate per minute', () => {
  it('is over what has passed of a span', () => {
    expect(minutesOf('hour', '2026-01-31T17:00:00Z', now)).toBe(60);
    expect(minutesOf('hour', '2026-01-31T18:00:00Z', now)).toBe(30);
    expect(minutesOf('minute', '2026-01-31T18:30:00Z', now)).toBe(1);
  });

  it('tells apart what has become of deliveries', () => {
    const span = { at: '2026-01-31T17:00:00Z', deliveries: 120, succeeded: 60, failed: 30, canceled: 6, skipped: 6 };
    const series = outcomesOf({ interval: 'hour', series: [span] } as unknown as Schemas['Statistics'], now);
    expect(series.map(({ name, values }) => [name, values[0]])).toEqual([
      ['Succeeded', 1],
      ['Failed', 0.5],
      ['Pending', 0.3],
      ['Not sent', 0.2],
    ]);
    expect(stack(series).map((sums) => sums[0]?.toFixed(1))).toEqual(['1.0', '1.5', '1.8', '2.0']);
  });
});

describe('The worst webhooks', () => {
  it('are those that surely fail most: few attempts say little', () => {
    const groups = [group('fine', 900, 0), group('once', 1, 1), group('half', 1000, 500), group('dead', 80, 80)];
    expect(keys(worstOf(groups, 3))).toEqual(['dead', 'half', 'once']);
    expect(keys(worstOf(groups, 1))).toEqual(['dead']);
  });
});

describe('Errors', () => {
  it('are listed by how often they were, without what had none', () => {
    expect(keys(errorsOf([group('timeout', 4, 4), group(null, 9, 0), group('503', 7, 7)], 5))).toEqual([
      '503',
      'timeout',
    ]);
  });

  it('are said in words', () => {
    expect(errorWords('503')).toBe('HTTP 503');
    expect(errorWords('connection_failed')).toBe('connection failed');
  });
});

describe('A window', () => {
  it('that is not known is a day', () => {
    expect(windowOf('week')).toBe('week');
    expect(windowOf('decade')).toBe('day');
    expect(windowOf(undefined)).toBe('day');
  });
});
