import type { ReactNode } from 'react';
import { Field } from './Field.tsx';
import { SelectField } from './SelectField.tsx';

interface TextFilterProps {
  label: string;
  value: string | undefined;
  placeholder?: string;
  onChange: (value: string) => void;
}

/** A filter that is typed; it holds from Enter on, or when one goes on to something else. */
export function TextFilter({ label, value = '', placeholder, onChange }: TextFilterProps) {
  const commit = (text: string) => {
    if (text.trim() !== value) {
      onChange(text.trim());
    }
  };
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          key={value}
          className="input"
          type="search"
          defaultValue={value}
          placeholder={placeholder}
          onBlur={(event) => commit(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              commit(event.currentTarget.value);
            }
          }}
        />
      )}
    </Field>
  );
}

interface ChoiceFilterProps {
  label: string;
  value: string | undefined;
  /** What can be chosen beside everything: values with their names. */
  choices: readonly (readonly [value: string, name: string])[];
  all: string;
  onChange: (value: string) => void;
}

/** A filter with few values. */
export function ChoiceFilter({ label, value = '', choices, all, onChange }: ChoiceFilterProps) {
  return <SelectField label={label} value={value} choices={[['', all], ...choices]} onChange={onChange} />;
}

interface FilterBarProps {
  /** What is filtered, as in "Webhooks". */
  what: string;
  isAnySet: boolean;
  onClear: () => void;
  children: ReactNode;
}

/** The filters of a list. */
export function FilterBar({ what, isAnySet, onClear, children }: FilterBarProps) {
  return (
    <search className="filters" aria-label={`Filter ${what}`}>
      {children}
      {isAnySet && (
        <button type="button" className="button button-plain" onClick={onClear}>
          Clear filters
        </button>
      )}
    </search>
  );
}
