import type { ReactNode } from 'react';

interface Props {
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  children: ReactNode;
}

/** Where something is tried on a payload; there is nothing in it before it is opened. */
export function TrialPanel({ isOpen, onOpen, children }: Props) {
  return (
    <details className="trial" open={isOpen} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary>Test on a real payload</summary>
      {isOpen && <div className="stack trial-content">{children}</div>}
    </details>
  );
}
