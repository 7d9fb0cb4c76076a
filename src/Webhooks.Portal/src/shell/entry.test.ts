import { describe, expect, it, vi } from 'vitest';
import { takeEntry } from './entry.ts';

function take(address: string) {
  const { pathname, search, hash } = new URL(address, 'http://localhost');
  const replaceState = vi.fn();
  const entry = takeEntry({ pathname, search, hash } as Location, { state: null, replaceState } as unknown as History);
  return { entry, replaceState };
}

describe('The entry', () => {
  it('reads the token, the session and the looks of a link', () => {
    const { entry } = take('/portal/?session=42#token=whs_a.b-c&theme=dark&accent=%23ff8800');
    expect(entry).toEqual({ token: 'whs_a.b-c', sessionId: '42', theme: 'dark', accent: '#ff8800' });
  });

  it('removes the fragment from the address and keeps the rest', () => {
    const { replaceState } = take('/portal/webhooks?session=42#token=whs_a');
    expect(replaceState).toHaveBeenCalledWith(null, '', '/portal/webhooks?session=42');
  });

  it('does not believe a theme or a colour that is none', () => {
    const { entry } = take('/portal/#token=t&theme=pink&accent=red;background:url(x)');
    expect(entry).toMatchObject({ theme: 'system', accent: undefined });
  });

  it('leaves an address without a fragment alone', () => {
    const { entry, replaceState } = take('/portal/');
    expect(entry.token).toBeUndefined();
    expect(replaceState).not.toHaveBeenCalled();
  });
});
