import { formatRelative, formatTime, formatUtc } from './time.ts';
import { useNow } from './useNow.ts';

/** A time in the reader's zone, with UTC on hover and for screen readers' descriptions. */
export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {formatTime(at)}
    </time>
  );
}

/** How long ago a time is, with the time itself on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow(10_000);
  return (
    <time dateTime={at} title={`${formatTime(at)} (${formatUtc(at)})`}>
      {formatRelative(at, now)}
    </time>
  );
}
