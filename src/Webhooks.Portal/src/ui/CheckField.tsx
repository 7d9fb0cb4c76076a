import { type ReactNode, useId } from 'react';

interface Props {
  label: ReactNode;
  errors?: readonly string[];
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A box to check, with what is wrong with that. */
export function CheckField({ label, errors = [], checked, onChange }: Props) {
  const id = useId();
  return (
    <div className="stack-small">
      <label className="check">
        <input
          type="checkbox"
          {...(errors.length === 0 ? {} : { 'aria-describedby': id, 'aria-invalid': true })}
          checked={checked}
          onChange={(change) => onChange(change.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {errors.length > 0 && (
        <div className="field-error" id={id}>
          {errors.join(' ')}
        </div>
      )}
    </div>
  );
}
