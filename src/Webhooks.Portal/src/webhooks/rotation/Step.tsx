import { type ReactNode, useId } from 'react';
import { Badge } from '../../ui/Badge.tsx';

interface Props {
  title: string;
  state: 'done' | 'now' | 'later';
  children?: ReactNode;
}

/** A step of a flow: what was done, what is to be done now, or what comes later. */
export function Step({ title, state, children }: Props) {
  const id = useId();
  return (
    <li className="card stack-small step" data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
      <div className="row row-spread">
        <h2 id={id}>{title}</h2>
        {state === 'done' && <Badge tone="good">done</Badge>}
      </div>
      {state !== 'later' && children}
    </li>
  );
}
