import type { useEventSource } from '../events/useEventSource.ts';
import { Field } from '../ui/Field.tsx';
import { formatTime } from '../ui/time.ts';

/** Where an event to send comes from. */
export function SourceField({ source }: { source: ReturnType<typeof useEventSource> }) {
  return (
    <Field label="Begin with">
      {(control) => (
        <select
          {...control}
          className="input"
          value={source.key}
          onChange={(change) => source.choose(change.currentTarget.value)}
        >
          {source.recent.length > 0 && (
            <optgroup label="Earlier events">
              {source.recent.map(({ key, event, at }) => (
                <option key={key} value={key}>
                  {event}, {at !== undefined && formatTime(at)}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label="Samples of the catalog">
            {source.samples.map(({ key, event }) => (
              <option key={key} value={key}>
                {event}
              </option>
            ))}
          </optgroup>
        </select>
      )}
    </Field>
  );
}
