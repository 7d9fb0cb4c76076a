import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useLayoutEffect, useState } from 'react';
import { holdLeaving, type Leave } from './leaving.ts';

interface Props {
  /** Whether something would be lost. */
  isOn: boolean;
  /** The question, as in "Leave without saving?" */
  title: string;
  /** What would be lost. */
  children: string;
}

/** Asks before a page is left on which something would be lost: by a link, by the way back, or by closing the window. */
export function LeaveGuard({ isOn, title, children }: Props) {
  const [leave, setLeave] = useState<{ go: Leave } | null>(null);

  // Before the layout effects of a page that has just been saved and goes on by itself.
  useLayoutEffect(() => {
    if (!isOn) {
      return undefined;
    }

    const release = holdLeaving((go) => setLeave({ go }));
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => {
      release();
      window.removeEventListener('beforeunload', warn);
    };
  }, [isOn]);

  return (
    <AlertDialog.Root open={leave !== null} onOpenChange={(isOpen) => !isOpen && setLeave(null)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description>{children}</AlertDialog.Description>
          <div className="row">
            <button type="button" className="button button-danger" onClick={leave?.go}>
              Leave
            </button>
            <AlertDialog.Close className="button">Stay here</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
