import { useState } from 'react';
import { Problem } from '../ui/States.tsx';

interface Props {
  label: string;
  isSmall?: boolean;
  onLeave: () => Promise<void>;
}

/** A button that leaves for the authority's page; it says so when there is no way there. */
export function SignInButton({ label, isSmall = false, onLeave }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const leave = () => {
    setBusy(true);
    setError(null);
    onLeave().catch((reason) => {
      setError(reason);
      setBusy(false);
    });
  };
  return (
    <>
      <button
        type="button"
        className={isSmall ? 'button button-small' : 'button button-primary'}
        disabled={isBusy}
        onClick={leave}
      >
        {label}
      </button>
      <Problem error={error} />
    </>
  );
}
