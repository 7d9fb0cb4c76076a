import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useLayoutEffect, useState } from 'react';

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
  const [leave, setLeave] = useState<{ go: () => void } | null>(null);

  // Before the layout effects of a page that has just been saved and goes on by itself.
  useLayoutEffect(() => {
    if (!isOn) {
      return undefined;
    }

    const navigation = (window as { navigation?: NavigationEvents }).navigation;
    let isLeaving = false;
    const hold = (event: NavigateEvent) => {
      if (isLeaving || !event.cancelable || !event.destination.sameDocument) {
        return;
      }

      const { key, url } = event.destination;
      const { navigationType } = event;
      event.preventDefault();
      setLeave({
        go: () => {
          isLeaving = true;
          if (navigationType === 'traverse') {
            navigation?.traverseTo(key);
          } else {
            history.pushState(null, '', url);
          }
        },
      });
    };
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    navigation?.addEventListener('navigate', hold);
    window.addEventListener('beforeunload', warn);
    return () => {
      navigation?.removeEventListener('navigate', hold);
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

/** What is used of the Navigation API (HTML, section 7.2.6), which TypeScript does not know yet. */
interface NavigationEvents {
  addEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void;
  removeEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void;
  traverseTo(key: string): unknown;
}

interface NavigateEvent extends Event {
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly destination: { readonly url: string; readonly key: string; readonly sameDocument: boolean };
}
