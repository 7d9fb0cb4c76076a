import { useEffect, useState } from 'react';

interface Props {
  /** What is copied. */
  text: string;
  /** What it is, as in "Copy the secret". */
  label: string;
}

/** A button that puts a text on the clipboard and says so. */
export function CopyButton({ text, label }: Props) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome !== null) {
      const timer = setTimeout(() => setOutcome(null), 2000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [outcome]);

  // Without HTTPS, browsers have no clipboard.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  return (
    <>
      <button type="button" className="button button-small" onClick={() => void copy()}>
        {outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Select and copy it yourself' : label}
      </button>
      <span role="status" className="hidden-visually">
        {outcome === 'copied' ? 'Copied' : ''}
      </span>
    </>
  );
}
