import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { Field } from './Field.tsx';
import './code-field.css';

interface Props {
  label: string;
  hint?: ReactNode;
  errors?: readonly string[];
  value: string;
  /** The line, from 1, that something is wrong with. */
  wrongLine?: number | null;
  onChange: (value: string) => void;
}

const leastLines = 6;
const mostLines = 24;

/** A text of code with the numbers of its lines. Tab indents, until Escape: then it leads on, as everywhere. */
export function CodeField({ label, hint, errors = [], value, wrongLine = null, onChange }: Props) {
  const numbers = useRef<HTMLDivElement>(null);
  const tabLeaves = useRef(false);
  const lines = value.split('\n').length;

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === 'Tab' && isPlain && !tabLeaves.current) {
      event.preventDefault();
      insert('  ');
    } else if (event.key === 'Enter' && isPlain) {
      event.preventDefault();
      insert(`\n${indentAt(event.currentTarget)}`);
    }

    if (event.key !== 'Shift') {
      tabLeaves.current = event.key === 'Escape';
    }
  };
  return (
    <Field label={label} hint={<>{hint} Tab indents; to leave by Tab, press Escape first.</>} errors={errors}>
      {(control) => (
        <div className="code-field">
          <div className="code-numbers" aria-hidden="true" ref={numbers}>
            {Array.from({ length: lines }, (_, index) => index + 1).map((line) => (
              <div key={line} data-wrong={line === wrongLine ? '' : undefined}>
                {line}
              </div>
            ))}
          </div>
          <textarea
            {...control}
            className="input"
            wrap="off"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            rows={Math.min(mostLines, Math.max(leastLines, lines + 1))}
            value={value}
            onKeyDown={onKeyDown}
            onBlur={() => {
              tabLeaves.current = false;
            }}
            onScroll={(event) => {
              if (numbers.current !== null) {
                numbers.current.scrollTop = event.currentTarget.scrollTop;
              }
            }}
            onChange={(change) => onChange(change.currentTarget.value)}
          />
        </div>
      )}
    </Field>
  );
}

/** As if it were typed, so that it can be undone; nothing else does that. */
const insert = (text: string): boolean => document.execCommand('insertText', false, text);

/** The spaces that the line begins with in which the cursor is. */
function indentAt({ value, selectionStart }: HTMLTextAreaElement): string {
  const before = value.slice(0, selectionStart);
  return /^[ \t]*/.exec(before.slice(before.lastIndexOf('\n') + 1))?.[0] ?? '';
}
