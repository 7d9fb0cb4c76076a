import { messagesOf } from '../../api/problem.ts';
import { TextField } from '../../ui/TextField.tsx';
import { useRemovalFocus } from '../../ui/useRemovalFocus.ts';
import { newPair, type Pair } from './pairs.ts';

interface Props {
  /** The field of the API, whose errors are shown: `headers`. */
  field: string;
  /** What one is called, as in "header". */
  one: string;
  /** What its name is called, as in "Name". */
  nameLabel: string;
  pairs: readonly Pair[];
  error: unknown;
  onChange: (pairs: readonly Pair[]) => void;
}

/** Names with values, as many as wanted. */
export function PairRows({ field, one, nameLabel, pairs, error, onChange }: Props) {
  const { container, onRemoved } = useRemovalFocus<HTMLDivElement>(pairs.length);
  const set = (key: number, changes: Partial<Pair>) =>
    onChange(pairs.map((pair) => (pair.key === key ? { ...pair, ...changes } : pair)));
  const rowNames = pairs.map(({ name }) => `${field}.${name.trim()}`);
  const others = messagesOf(error, field, rowNames);
  return (
    <div className="stack-small" ref={container}>
      {pairs.map(({ key, name, value }, index) => (
        <div key={key} className="pair">
          <TextField
            label={nameLabel}
            errors={messagesOf(error, `${field}.${name.trim()}`)}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={(value) => set(key, { name: value })}
          />
          <TextField
            label="Value"
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(value) => set(key, { value })}
          />
          <button
            type="button"
            className="button row-remove"
            data-remove=""
            aria-label={name === '' ? `Remove this ${one}` : `Remove the ${one} ${name}`}
            onClick={() => {
              onRemoved(index);
              onChange(pairs.filter((pair) => pair.key !== key));
            }}
          >
            Remove
          </button>
        </div>
      ))}
      {others.length > 0 && (
        <div className="field-error" data-problem="" tabIndex={-1}>
          {others.join(' ')}
        </div>
      )}
      <div>
        <button type="button" className="button" data-add="" onClick={() => onChange([...pairs, newPair()])}>
          Add a {one}
        </button>
      </div>
    </div>
  );
}
