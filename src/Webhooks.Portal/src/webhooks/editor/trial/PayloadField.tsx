import { CodeField } from '../../../ui/CodeField.tsx';
import { Field } from '../../../ui/Field.tsx';
import { formatTime } from '../../../ui/time.ts';
import { parsePayload } from './payload.ts';
import type { ChosenPayload } from './usePayload.ts';

/** What something is tried on: an event that there was, or a sample, which may be edited. */
export function PayloadField({ recent, samples, source, text, isLoading, onSource, onText }: ChosenPayload) {
  const parsed = parsePayload(text);
  const problem =
    text === ''
      ? 'There is no payload: choose an event whose data is there, or a sample.'
      : 'problem' in parsed
        ? parsed.problem
        : undefined;
  return (
    <>
      <Field label="Try it on">
        {(control) => (
          <select
            {...control}
            className="input"
            value={source}
            onChange={(change) => onSource(change.currentTarget.value)}
          >
            {recent.length > 0 && (
              <optgroup label="Recent events">
                {recent.map(({ key, event, at }) => (
                  <option key={key} value={key}>
                    {event}, {at !== undefined && formatTime(at)}
                  </option>
                ))}
              </optgroup>
            )}
            <optgroup label="Samples">
              {samples.map(({ key, event }) => (
                <option key={key} value={key}>
                  {event}
                </option>
              ))}
            </optgroup>
          </select>
        )}
      </Field>
      <CodeField
        label="Payload"
        hint="You may change it to try other values."
        errors={problem === undefined || isLoading ? [] : [problem]}
        value={text}
        onChange={onText}
      />
    </>
  );
}
