import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useState } from 'react';
import { Problem } from './States.tsx';
import { TextField } from './TextField.tsx';
import { useTask } from './useTask.ts';

interface Props {
  /** What is asked, with the name of the thing: "Delete https://example.com/hook?" */
  title: string;
  /** What comes of it. */
  children: ReactNode;
  /** The button that opens the question, in words. */
  trigger: string;
  /** The button that does it, in words. */
  action: string;
  isDanger?: boolean;
  /** Whether the button that opens it is a small one, as in the row of a table. */
  isSmall?: boolean;
  /** What has to be typed before it can be done: the thing's name, where nothing can bring it back. */
  typed?: string;
  onConfirm: () => Promise<unknown>;
}

/** A button whose deed is asked about once, naming the thing. It stays open with the reason when the deed fails. */
export function ConfirmDialog({
  title,
  children,
  trigger,
  action,
  isDanger = false,
  isSmall = false,
  typed,
  onConfirm,
}: Props) {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const { error, setError, isBusy, run } = useTask();

  const confirm = async () => {
    await run(async () => {
      await onConfirm();
      setOpen(false);
    });
  };
  const open = (next: boolean) => {
    setOpen(next);
    setText('');
    setError(null);
  };
  const style = isDanger ? 'button button-danger' : 'button';
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={open}>
      <AlertDialog.Trigger className={isSmall ? `${style} button-small` : style}>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
          {typed !== undefined && (
            <TextField
              label={`Type ${typed} to go on`}
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={setText}
            />
          )}
          <Problem error={error} />
          <div className="row">
            <button
              type="button"
              className={isDanger ? style : 'button button-primary'}
              disabled={isBusy || (typed !== undefined && text.trim() !== typed.trim())}
              onClick={() => void confirm()}
            >
              {action}
            </button>
            <AlertDialog.Close className="button">Keep it as it is</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
