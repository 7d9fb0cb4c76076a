import { type ReactNode, useEffect, useRef } from 'react';
import { CopyButton } from './CopyButton.tsx';
import { Field } from './Field.tsx';

interface Props {
  /** What it is called, as in "API key". */
  name: string;
  value: string;
  /** What it is for. */
  children: ReactNode;
  /** What else can be done with it. */
  actions?: ReactNode;
  onSaved: () => void;
}

/** A secret that nobody can show again: it stays until the reader says that it is kept elsewhere. */
export function ShownOnce({ name, value, children, actions, onSaved }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  return (
    <div className="stack">
      <div>{children}</div>
      <Field
        label={name.charAt(0).toUpperCase() + name.slice(1)}
        hint="It is shown this once. Copy it to where it is kept safe."
      >
        {(control) => (
          <input
            {...control}
            ref={input}
            className="input mono"
            readOnly
            value={value}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </Field>
      <div className="row">
        <CopyButton text={value} label={`Copy the ${name}`} />
        {actions}
      </div>
      <div className="row">
        <button type="button" className="button button-primary" onClick={onSaved}>
          I have saved it
        </button>
      </div>
    </div>
  );
}
