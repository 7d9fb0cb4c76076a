import { describe, expect, it } from 'vitest';
import { formatCountdown, formatDuration, formatRelative, formatSeconds, formatUtc } from './time.ts';

const now = Date.parse('2026-01-31T18:30:00Z');

describe('Times', () => {
  it('count down in the units that matter', () => {
    expect(formatCountdown('2026-01-31T19:32:05Z', now)).toBe('1 h 02 min 05 s');
    expect(formatCountdown('2026-01-31T18:30:00.200Z', now)).toBe('1 s');
    expect(formatCountdown('2026-01-31T18:29:59Z', now)).toBe('now');
  });

  it('are told without units that are zero at the end', () => {
    expect([0, 60, 3600, 5400, 90_000].map(formatSeconds)).toEqual(['0 s', '1 min', '1 h', '1 h 30 min', '1 d 01 h']);
  });

  it('are so long ago or ahead', () => {
    expect(formatRelative('2026-01-31T18:28:30Z', now)).toBe('1 minute ago');
    expect(formatRelative('2026-02-02T18:30:00Z', now)).toBe('in 2 days');
  });

  it('are told in UTC', () => {
    expect(formatUtc('2026-01-31T19:30:00.5+01:00')).toBe('2026-01-31 18:30:00 UTC');
  });

  it('take milliseconds or seconds', () => {
    expect(formatDuration(31)).toBe('31 ms');
    expect(formatDuration(2449)).toBe('2.4 s');
  });
});
