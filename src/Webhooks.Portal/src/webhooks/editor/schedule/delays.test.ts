import { describe, expect, it } from 'vitest';
import { describeDelays, formatDelays, parseDelays } from './delays.ts';

describe('Waits between attempts', () => {
  it('are read in the units that people write', () => {
    expect(parseDelays('30, 90s, 5 min, 1h 30m, 2 d')).toEqual([30, 90, 300, 5_400, 172_800]);
    expect(parseDelays(' 1 MIN ;5 sec\n1 h')).toEqual([60, 5, 3_600]);
    expect(parseDelays('  ')).toEqual([]);
  });

  it.each(['soon', '5 parsecs', '1 min,', '1 2', '-5', '1.5 h', ', 5'])('are not read of %j', (text) => {
    expect(parseDelays(text)).toBeNull();
  });

  it('are written so that they are read as they were', () => {
    const delays = [1, 59, 60, 61, 3_599, 3_661, 86_399, 90_061, 604_800];
    expect(parseDelays(formatDelays(delays))).toEqual(delays);
  });

  it('are told with when they give up', () => {
    expect(describeDelays([60, 300, 900, 3_600, 7_200])).toBe(
      '6 attempts with 5 waits: 1 min, 5 min, 15 min, 1 h, 2 h. Gives up after 3 h 21 min.',
    );
    expect(describeDelays([30])).toBe('2 attempts with 1 wait: 30 s. Gives up after 30 s.');
    expect(describeDelays([])).toBe('One attempt only: nothing is tried again.');
  });
});
