import { messagesOf } from '../../api/problem.ts';
import { Choices } from '../../ui/Choices.tsx';
import { TextField } from '../../ui/TextField.tsx';
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
        <TextField
          label="URL"
          hint="Receives a POST with JSON for each event."
          errors={messagesOf(error, 'url')}
          className="mono"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://example.com/webhooks"
          value={draft.url}
          onChange={(value) => onChange({ url: value })}
        />
      )}
      <TextField
        label="Description"
        hint="A note of your own; optional."
        errors={messagesOf(error, 'description')}
        value={draft.description}
        onChange={(value) => onChange({ description: value })}
      />
    </FormSection>
  );
}
