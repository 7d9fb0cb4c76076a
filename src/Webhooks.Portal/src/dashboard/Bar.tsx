/** A share of a whole, from 0 to 1, as a bar beside the number that says it. */
export function Bar({ share, color }: { share: number; color: 'bad' | 'warn' }) {
  return (
    <span className="bar" aria-hidden="true">
      <span className={`chart-${color}`} style={{ inlineSize: `${share * 100}%` }} />
    </span>
  );
}
