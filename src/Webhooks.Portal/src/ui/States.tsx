import type { ReactNode } from 'react';
import { ApiProblem } from '../api/problem.ts';

/** What a list or a page shows while it has nothing yet; as high as `rows` lines of what comes, so that nothing jumps. */
export function Loading({ what, rows = 5 }: { what: string; rows?: number }) {
  return (
    <div className="stack card" role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same.
        <span className="placeholder" key={row} />
      ))}
    </div>
  );
}

/** An empty list: what it would have, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="card state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What the server said instead, and the way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (error instanceof ApiProblem && error.status === 403) {
    return <NoPermission detail={error.message} />;
  }

  const isMissing = error instanceof ApiProblem && error.status === 404;
  return (
    <div className="card state" role="alert">
      <h2>
        {isMissing ? 'This is not here (any more)' : error instanceof ApiProblem ? error.title : 'That did not work'}
      </h2>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {error instanceof ApiProblem && error.requestId !== undefined && (
        <p className="muted">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What there is instead of something that the reader may not see. */
export function NoPermission({ detail }: { detail?: string }) {
  return (
    <div className="card state" role="alert">
      <h2>You may not see this</h2>
      <p>{detail ?? 'Your access does not cover this page. Ask whoever gave you the link, or your operator.'}</p>
    </div>
  );
}

/** A short message about a form or an action that failed, where that was done. */
export function Problem({ error }: { error: unknown }) {
  if (error === null || error === undefined) {
    return null;
  }

  return (
    <div className="notice notice-bad" role="alert">
      <strong>{error instanceof ApiProblem ? error.title : 'That did not work'}</strong>
      <span>{error instanceof Error ? error.message : String(error)}</span>
    </div>
  );
}
