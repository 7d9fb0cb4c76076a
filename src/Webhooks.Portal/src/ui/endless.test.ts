import { describe, expect, it } from 'vitest';
import { followed, pageSize, rowsOf, trailFrom } from './endless.ts';

const page = (rows: number, next_cursor: string | null) => ({ data: Array.from({ length: rows }), next_cursor });

describe('A list that is read page by page', () => {
  it('is known as far as it was read, and a row further', () => {
    const trail = followed(followed(trailFrom(''), 0, page(pageSize, 'a')), 1, page(pageSize, 'b'));
    expect(trail).toEqual({ cursors: ['', 'a', 'b'], last: null });
    expect(rowsOf(trail)).toBe(2 * pageSize + 1);
  });

  it('has an end', () => {
    const trail = followed(followed(trailFrom(''), 0, page(pageSize, 'a')), 1, page(7, null));
    expect(rowsOf(trail)).toBe(pageSize + 7);
    expect(rowsOf(followed(trailFrom(''), 0, page(0, null)))).toBe(0);
  });

  it('is the same when nothing has changed', () => {
    const trail = followed(followed(trailFrom(''), 0, page(pageSize, 'a')), 1, page(7, null));
    expect(followed(trail, 0, page(pageSize, 'a'))).toBe(trail);
    expect(followed(trail, 1, page(7, null))).toBe(trail);
  });

  it('is read anew from where it has changed', () => {
    const trail = followed(followed(trailFrom(''), 0, page(pageSize, 'a')), 1, page(pageSize, 'b'));
    expect(followed(trail, 0, page(pageSize, 'newer'))).toEqual({ cursors: ['', 'newer'], last: null });
  });
});
