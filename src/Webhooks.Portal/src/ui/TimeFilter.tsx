import { Field } from './Field.tsx';
import { toLocalInput } from './time.ts';

interface Props {
  label: string;
  /** ISO 8601; undefined for no limit. */
  value: string | undefined;
  onChange: (value: string) => void;
}

/** A filter by time, in the reader's zone; it holds when one goes on to something else, or from Enter on. */
export function TimeFilter({ label, value, onChange }: Props) {
  const shown = value === undefined || Number.isNaN(Date.parse(value)) ? '' : toLocalInput(value).slice(0, 16);
  const commit = (local: string) => {
    if (local !== shown) {
      onChange(local === '' ? '' : new Date(local).toISOString());
    }
  };
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          key={shown}
          className="input"
          type="datetime-local"
          defaultValue={shown}
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
