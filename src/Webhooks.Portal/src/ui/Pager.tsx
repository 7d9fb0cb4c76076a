import { Link, useLocation, useSearchParams } from 'wouter';

/** The way through a list whose pages are named by where they begin. The browser's own way back leads to newer ones. */
export function Pager({ next }: { next: string | null }) {
  const [path] = useLocation();
  const [query] = useSearchParams();
  const to = (cursor: string | null) => {
    const changed = new URLSearchParams(query);
    changed.delete('cursor');
    if (cursor !== null) {
      changed.set('cursor', cursor);
    }
    return changed.size === 0 ? path : `${path}?${changed}`;
  };
  if (next === null && !query.has('cursor')) {
    return null;
  }

  return (
    <nav className="row" aria-label="Pages">
      {query.has('cursor') && (
        <Link className="button" href={to(null)}>
          Newest
        </Link>
      )}
      {next !== null && (
        <Link className="button" href={to(next)}>
          Older
        </Link>
      )}
    </nav>
  );
}
