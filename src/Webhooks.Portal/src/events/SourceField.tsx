import { Field } from '../ui/Field.tsx';
import { formatTime } from '../ui/time.ts';
import type { EventSources } from './useEventSource.ts';

/** Where an event is taken from. */
export function SourceField({ label, sources }: { label: string; sources: EventSources }) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          className="input"
          value={sources.key}
          onChange={(change) => sources.choose(change.currentTarget.value)}
        >
          {sources.recent.length > 0 && (
            <optgroup label="Recent events">
              {sources.recent.map(({ key, event, at }) => (
                <option key={key} value={key}>
                  {event}, {at !== undefined && formatTime(at)}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label="Samples">
            {sources.samples.map(({ key, event }) => (
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
