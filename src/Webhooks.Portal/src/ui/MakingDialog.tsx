import { Dialog } from '@base-ui/react/dialog';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { LeaveGuard } from './LeaveGuard.tsx';
import { ShownOnce } from './ShownOnce.tsx';

interface Props<Made> {
  /** What it makes, as in "API key". */
  what: string;
  titleOf: (made: Made) => string;
  secretOf: (made: Made) => string;
  /** What else can be done with one. */
  actionsFor?: (made: Made) => ReactNode;
  /** The list that it comes into. */
  list: QueryKey;
  form: (onMade: (made: Made) => void, onCancel: () => void) => ReactNode;
  /** What the secret is for. */
  children: ReactNode;
}

/**
 * A button and the form that it opens, which begins anew each time. What is made is shown in its place, once: it is left by saying that it
 * is kept elsewhere, and not by a slip.
 */
export function MakingDialog<Made>({ what, titleOf, secretOf, actionsFor, list, form, children }: Props<Made>) {
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const queries = useQueryClient();
  const isHeld = made !== null;
  const leave = () => {
    setOpen(false);
    setMade(null);
    void queries.invalidateQueries({ queryKey: list });
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => setOpen(next || isHeld)}>
      <Dialog.Trigger className="button button-primary">New {what}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{made === null ? `New ${what}` : titleOf(made)}</Dialog.Title>
          {made === null ? (
            form(setMade, () => setOpen(false))
          ) : (
            <ShownOnce name={what} value={secretOf(made)} actions={actionsFor?.(made)} onSaved={leave}>
              {children}
            </ShownOnce>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
      <LeaveGuard isOn={isOpen && isHeld} title="Leave without it?">
        It is shown nowhere again. Copy it first.
      </LeaveGuard>
    </Dialog.Root>
  );
}
