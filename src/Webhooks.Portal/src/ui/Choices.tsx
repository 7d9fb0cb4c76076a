import { useId } from 'react';

interface Props<Value extends string> {
  legend: string;
  /** Values with their names and, if they need it, what they mean. */
  choices: readonly (readonly [value: Value, name: string, meaning?: string])[];
  value: Value;
  errors?: readonly string[];
  onChange: (value: Value) => void;
}

/** One of a few, all of which are seen. */
export function Choices<Value extends string>({ legend, choices, value, errors = [], onChange }: Props<Value>) {
  const id = useId();
  return (
    <fieldset className="field choices" {...(errors.length === 0 ? {} : { 'aria-describedby': `${id}-error` })}>
      <legend>{legend}</legend>
      {choices.map(([choice, name, meaning]) => (
        <label key={choice} className="check">
          <input
            type="radio"
            name={id}
            checked={choice === value}
            {...(errors.length === 0 ? {} : { 'aria-invalid': true as const })}
            onChange={() => onChange(choice)}
          />
          <span>
            {name}
            {meaning !== undefined && <span className="choice-meaning">{meaning}</span>}
          </span>
        </label>
      ))}
      {errors.length > 0 && (
        <div className="field-error" id={`${id}-error`}>
          {errors.join(' ')}
        </div>
      )}
    </fieldset>
  );
}
