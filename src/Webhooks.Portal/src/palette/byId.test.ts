import { describe, expect, it } from 'vitest';
import { idIn, timeOf } from './byId.ts';

describe('An id', () => {
  it('is known by its form, however it was pasted', () => {
    expect(idIn(' 01A21BFA-7612-7CA6-BF0A-13DBF1D3A4E8\n')).toBe('01a21bfa-7612-7ca6-bf0a-13dbf1d3a4e8');
    expect(idIn('01a21bfa-7612')).toBeNull();
    expect(idIn('https://example.com')).toBeNull();
  });

  it('tells when it was made, if it is of version 7', () => {
    expect(timeOf('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toBe(Date.parse('2022-02-22T19:22:22Z'));
    expect(timeOf('919108f7-52d1-4320-9bac-f847db4148a8')).toBeNull();
  });
});
