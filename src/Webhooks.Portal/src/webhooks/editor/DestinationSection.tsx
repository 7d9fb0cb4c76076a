import { messagesOf } from '../../api/problem.ts';
import { Choices } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import type { SectionProps } from './draft.ts';
import { FormSection } from './FormSection.tsx';

const modes = [
  ['push', 'Post them to a URL', 'Each event is sent to your receiver as it comes.'],
  [
    'pull',
    'Let the receiver fetch them',
    'For receivers that cannot be reached from here: they ask for what there is.',
  ],
] as const;

/** Where deliveries go, and what the webhook is called. */
export function DestinationSection({ draft, error, onChange }: SectionProps) {
  return (
    <FormSection title="Where to">
      <Choices
        legend="How deliveries get there"
        choices={modes}
        value={draft.mode}
        errors={messagesOf(error, 'mode')}
        onChange={(mode) => onChange({ mode })}
      />
      {draft.mode === 'push' && (
        <Field label="URL" hint="Receives a POST with JSON for each event." errors={messagesOf(error, 'url')}>
          {(control) => (
            <input
              {...control}
              className="input mono"
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://example.com/webhooks"
              value={draft.url}
              onChange={(change) => onChange({ url: change.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <Field label="Description" hint="A note of your own; optional." errors={messagesOf(error, 'description')}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={draft.description}
            onChange={(change) => onChange({ description: change.currentTarget.value })}
          />
        )}
      </Field>
    </FormSection>
  );
}
