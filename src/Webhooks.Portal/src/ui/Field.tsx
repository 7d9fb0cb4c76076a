import { type ReactNode, useId } from 'react';

/** What a field's control needs to be named and described. */
export interface FieldControl {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

interface Props {
  label: string;
  hint?: ReactNode;
  errors?: readonly string[];
  children: (control: FieldControl) => ReactNode;
}

/** A labelled control with what it is for and what is wrong with it. */
export function Field({ label, hint, errors = [], children }: Props) {
  const id = useId();
  const described = [hint === undefined ? null : `${id}-hint`, errors.length === 0 ? null : `${id}-error`].filter(
    (part) => part !== null,
  );
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
        ...(errors.length === 0 ? {} : { 'aria-invalid': true as const }),
      })}
      {hint !== undefined && (
        <div className="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {errors.length > 0 && (
        <div className="field-error" id={`${id}-error`}>
          {errors.join(' ')}
        </div>
      )}
    </div>
  );
}
