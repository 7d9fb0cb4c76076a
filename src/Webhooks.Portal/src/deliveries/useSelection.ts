import { useSearchParams } from 'wouter';

const name = 'delivery';

/** The delivery that is shown beside the list, which the address says; null when none is. */
export function useSelection(): [string | null, (delivery: string | null) => void] {
  const [query, setQuery] = useSearchParams();
  const select = (delivery: string | null) =>
    setQuery((current) => {
      const next = new URLSearchParams(current);
      if (delivery === null) {
        next.delete(name);
      } else {
        next.set(name, delivery);
      }
      return next;
    });
  return [query.get(name), select];
}
