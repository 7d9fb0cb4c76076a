import { describe, expect, it } from 'vitest';
import { contrast, isColor, readableOn, textOn } from './color.ts';

describe('An accent', () => {
  it.each(['#ffd400', '#ffffff', '#000000', '#3450c9', '#7f7f7f'])('%s can be read on light and dark', (accent) => {
    for (const background of ['#ffffff', '#14161a']) {
      expect(contrast(background, readableOn(background, accent))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('is left as it is where it can be read', () => {
    expect(readableOn('#ffffff', '#3450c9')).toBe('#3450c9');
  });

  it('carries a text that can be read', () => {
    expect(textOn('#ffd400')).toBe('#000000');
    expect(textOn('#1a237e')).toBe('#ffffff');
  });

  it('is six hexadecimal digits', () => {
    expect(isColor('#a1B2c3')).toBe(true);
    expect(isColor('#abc')).toBe(false);
    expect(isColor('red')).toBe(false);
  });
});
