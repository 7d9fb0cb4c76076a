import { type ReactNode, useEffect } from 'react';

interface Props {
  title: string;
  /** Buttons beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A screen with its title, which the window has, too. */
export function Page({ title, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Webhooks`;
  }, [title]);
  return (
    <div className="stack">
      <header className="page-head">
        <h1>{title}</h1>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
