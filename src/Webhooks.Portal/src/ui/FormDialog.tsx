import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useState } from 'react';
import { LeaveGuard } from './LeaveGuard.tsx';

interface Props {
  title: string;
  /** The button that opens it, in words. */
  trigger: string;
  isPrimary?: boolean;
  /** Whether it shows something that is shown nowhere again: then it is left by what is in it, and not by a slip. */
  isHeld?: boolean;
  children: (close: () => void) => ReactNode;
}

/** A button and the form that it opens, which begins anew each time. */
export function FormDialog({ title, trigger, isPrimary = false, isHeld = false, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => setOpen(next || isHeld)}>
      <Dialog.Trigger className={isPrimary ? 'button button-primary' : 'button'}>{trigger}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{title}</Dialog.Title>
          {children(() => setOpen(false))}
        </Dialog.Popup>
      </Dialog.Portal>
      <LeaveGuard isOn={isOpen && isHeld} title="Leave without it?">
        It is shown nowhere again. Copy it first.
      </LeaveGuard>
    </Dialog.Root>
  );
}
