import { describe, expect, it } from 'vitest';
import { literal, quote } from './text.ts';

describe('A literal', () => {
  it('means the text, and stays on its line', () => {
    const text = 'a"b\\c\n\t\u0001\u0085\u2028\u2029\ufeff\u202eZoë 🦊';
    const written = literal(text);
    expect(JSON.parse(written)).toBe(text);
    expect(written).not.toMatch(/[\n\u0085\u2028\u2029\ufeff\u202e]/);
    expect(written).toContain('Zoë 🦊');
  });
});

describe('A word of the shell', () => {
  it('has no way out of its quotes', () => {
    expect(quote("it's $HOME `id`")).toBe("'it'\\''s $HOME `id`'");
  });
});
