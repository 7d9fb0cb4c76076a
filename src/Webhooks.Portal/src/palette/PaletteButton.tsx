import { lazy, Suspense, useEffect, useState } from 'react';

const Palette = lazy(() => import('./Palette.tsx'));

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** The way to everything, also by Ctrl-K or Cmd-K; what it opens is loaded when it is first opened. */
export function PaletteButton({ onChosen }: { onChosen: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setOpened] = useState(false);
  const change = (next: boolean) => {
    setOpen(next);
    setOpened(true);
  };

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(isApple ? event.metaKey : event.ctrlKey) || event.altKey) {
        return;
      }

      event.preventDefault();
      // What another dialog asks or shows is not to be left by the way.
      const isOtherOpen = document.querySelector('.dialog:not(.palette)') !== null;
      if (!isOtherOpen) {
        setOpened(true);
        setOpen((current) => !current);
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  return (
    <>
      <button
        type="button"
        className="button button-small palette-button"
        aria-keyshortcuts={isApple ? 'Meta+K' : 'Control+K'}
        aria-haspopup="dialog"
        onClick={() => change(true)}
      >
        <span>Go to …</span>
        <kbd>{isApple ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      {wasOpened && (
        <Suspense>
          <Palette isOpen={isOpen} onOpenChange={change} onChosen={onChosen} />
        </Suspense>
      )}
    </>
  );
}
