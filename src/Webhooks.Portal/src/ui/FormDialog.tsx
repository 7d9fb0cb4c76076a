import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useState } from 'react';

interface Props {
  title: string;
  /** The button that opens it, in words. */
  trigger: string;
  isPrimary?: boolean;
  /** Whether it has something that must not be lost by a slip: then it is left by what is in it alone. */
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
    </Dialog.Root>
  );
}
