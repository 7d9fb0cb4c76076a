import { useId } from 'react';
import { Field } from '../../../ui/Field.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import { useRemovalFocus } from '../../../ui/useRemovalFocus.ts';
import { newRow, type Row, type RowOperator, takesOf } from './draft.ts';
import { kindOf, parseValue } from './values.ts';

const operators: readonly (readonly [RowOperator, string])[] = [
  ['$eq', 'is'],
  ['$neq', 'is not'],
  ['$gt', 'is greater than'],
  ['$gte', 'is at least'],
  ['$lt', 'is less than'],
  ['$lte', 'is at most'],
  ['$in', 'is one of'],
  ['$nin', 'is none of'],
  ['$startsWith', 'starts with'],
  ['$endsWith', 'ends with'],
  ['$contains', 'contains'],
  ['exists', 'is there'],
  ['missing', 'is missing'],
];

interface Props {
  rows: readonly Row[];
  /** Names of fields to choose from. */
  fields: readonly string[];
  problems: readonly string[];
  onChange: (rows: readonly Row[]) => void;
}

/** The conditions of a filter, all of which have to hold. */
export function FilterRows({ rows, fields, problems, onChange }: Props) {
  const id = useId();
  const { container, onRemoved } = useRemovalFocus<HTMLDivElement>(rows.length);
  const set = (key: number, changes: Partial<Row>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...changes } : row)));
  return (
    <div className="stack-small" ref={container}>
      <datalist id={id}>
        {fields.map((field) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      {rows.map((row, index) => (
        <FilterRow
          key={row.key}
          row={row}
          fields={id}
          onChange={(changes) => set(row.key, changes)}
          onRemove={() => {
            onRemoved(index);
            onChange(rows.filter(({ key }) => key !== row.key));
          }}
        />
      ))}
      {problems.length > 0 && (
        <ul className="field-error" data-problem="" tabIndex={-1}>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <div>
        <button type="button" className="button" data-add="" onClick={() => onChange([...rows, newRow()])}>
          Add a condition
        </button>
      </div>
    </div>
  );
}

interface RowProps {
  row: Row;
  /** The id of the list of fields. */
  fields: string;
  onChange: (changes: Partial<Row>) => void;
  onRemove: () => void;
}

function FilterRow({ row, fields, onChange, onRemove }: RowProps) {
  const takes = takesOf(row.operator);
  return (
    <div className="condition">
      <TextField
        label="Field"
        className="mono"
        list={fields}
        autoComplete="off"
        spellCheck={false}
        placeholder="data.amount"
        value={row.field}
        onChange={(value) => onChange({ field: value })}
      />
      <Field label="Operator">
        {(control) => (
          <select
            {...control}
            className="input"
            value={row.operator}
            onChange={(change) => onChange({ operator: change.currentTarget.value as RowOperator })}
          >
            {operators.map(([operator, name]) => (
              <option key={operator} value={operator}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {takes === 'nothing' ? (
        <span />
      ) : (
        <TextField
          label="Value"
          hint={
            takes === 'list'
              ? 'with commas between them'
              : `read as ${takes === 'text' ? 'text' : kindOf(parseValue(row.value))}`
          }
          className="mono"
          autoComplete="off"
          spellCheck={false}
          value={row.value}
          onChange={(value) => onChange({ value })}
        />
      )}
      <button
        type="button"
        className="button row-remove"
        data-remove=""
        aria-label={row.field === '' ? 'Remove this condition' : `Remove the condition on ${row.field}`}
        onClick={onRemove}
      >
        Remove
      </button>
    </div>
  );
}
