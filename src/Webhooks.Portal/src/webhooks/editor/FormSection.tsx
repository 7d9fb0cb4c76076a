import { type ReactNode, useId } from 'react';

interface Props {
  title: string;
  /** What it is for. */
  hint?: ReactNode;
  children: ReactNode;
}

/** Fields of a form that belong together. */
export function FormSection({ title, hint, children }: Props) {
  const id = useId();
  return (
    <section className="card stack" aria-labelledby={id}>
      <div>
        <h2 id={id} className="section-title" data-section="" tabIndex={-1}>
          {title}
        </h2>
        {hint !== undefined && <p className="muted">{hint}</p>}
      </div>
      {children}
    </section>
  );
}
