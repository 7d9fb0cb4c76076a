import type { InputHTMLAttributes, ReactNode } from 'react';
import { Field } from './Field.tsx';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'value' | 'onChange'> {
  label: string;
  hint?: ReactNode;
  errors?: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

/** A labelled line to write in. */
export function TextField({ label, hint, errors = [], className, onChange, ...input }: Props) {
  return (
    <Field label={label} hint={hint} errors={errors}>
      {(control) => (
        <input
          {...control}
          className={className === undefined ? 'input' : `input ${className}`}
          {...input}
          onChange={(change) => onChange(change.currentTarget.value)}
        />
      )}
    </Field>
  );
}
