import { useState } from 'react';

interface Task {
  isBusy: boolean;
  /** What was wrong the last time; null when nothing was, or while it is tried again. */
  error: unknown;
  setError: (error: unknown) => void;
  /** Does it; what it throws becomes the error. */
  run: (task: () => Promise<unknown>) => Promise<void>;
}

/** What a form or a button does: whether it is under way, and what was wrong with it. */
export function useTask(): Task {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (task: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await task();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, setError, run };
}
