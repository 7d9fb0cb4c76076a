import { Field } from './Field.tsx';

interface Props {
  label: string;
  errors?: readonly string[];
  value: string;
  /** What can be chosen: values with their names. */
  choices: readonly (readonly [value: string, name: string])[];
  onChange: (value: string) => void;
}

/** A labelled choice of one of few values. */
export function SelectField({ label, errors = [], value, choices, onChange }: Props) {
  return (
    <Field label={label} errors={errors}>
      {(control) => (
        <select {...control} className="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {choices.map(([choice, name]) => (
            <option key={choice} value={choice}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
