import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';

const name = 'cursor';

/** Where one is in a list that scrolls, which the address says: whoever opens it begins there. */
export function useListPlace() {
  const [query, setQuery] = useSearchParams();
  const [start, setStart] = useState(() => query.get(name) ?? '');
  useEffect(() => {
    // The browser would go to where one was in a page that is not there yet.
    const { scrollRestoration } = window.history;
    window.history.scrollRestoration = 'manual';
    return () => {
      window.history.scrollRestoration = scrollRestoration;
    };
  }, []);

  const place = (cursor: string) => {
    if ((query.get(name) ?? '') === cursor) {
      return;
    }

    setQuery(
      (current) => {
        const next = new URLSearchParams(current);
        next.delete(name);
        if (cursor !== '') {
          next.set(name, cursor);
        }
        return next;
      },
      { replace: true },
    );
  };
  return {
    start,
    place,
    /** Goes to where the list begins. */
    begin: () => {
      setStart('');
      place('');
      window.scrollTo(0, 0);
    },
  };
}
