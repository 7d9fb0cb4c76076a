import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

interface Props {
  title: string;
  /** Buttons beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The screen that was shown last. */
let shown: string | null = null;

/** A screen with its title, which the window has, too, and which has the focus when one has come from another screen. */
export function Page({ title, actions, children }: Props) {
  const [path] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (shown !== null && shown !== path) {
      heading.current?.focus();
    }
    shown = path;
  }, [path]);
  useEffect(() => {
    document.title = `${title} · Webhooks`;
  }, [title]);
  return (
    <div className="stack">
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
