import { describe, expect, it } from 'vitest';
import { formatCount, formatPercent } from './text.ts';

describe('A number', () => {
  it('of things is one thing or many', () => {
    expect(formatCount(1, 'attempt')).toBe('1 attempt');
    expect(formatCount(0, 'delivery', 'deliveries')).toBe('0 deliveries');
  });

  it('as a share is rounded down, so that what is not perfect does not look so', () => {
    expect(formatPercent(1)).toBe('100 %');
    expect(formatPercent(0.99999)).toBe('99.9 %');
    expect(formatPercent(0.57)).toBe('57 %');
  });
});
