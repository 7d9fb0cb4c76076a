import { describe, expect, it } from 'vitest';
import { idIn } from './byId.ts';

describe('An id', () => {
  it('is known by its form, however it was pasted', () => {
    expect(idIn(' 01A21BFA-7612-7CA6-BF0A-13DBF1D3A4E8\n')).toBe('01a21bfa-7612-7ca6-bf0a-13dbf1d3a4e8');
    expect(idIn('01a21bfa-7612')).toBeNull();
    expect(idIn('https://example.com')).toBeNull();
  });
});
