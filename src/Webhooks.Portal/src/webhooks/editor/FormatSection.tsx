import { messagesOf } from '../../api/problem.ts';
import { Choices } from '../../ui/Choices.tsx';
import type { SectionProps } from './draft.ts';
import { FormSection } from './FormSection.tsx';

const formats = [
  ['standard', 'Standard', '{"event", "timestamp", "data", "webhook_id"}'],
  ['cloudevents', 'CloudEvents 1.0', 'In structured mode, with the Content-Type application/cloudevents+json.'],
] as const;

/** In which form events are sent. */
export function FormatSection({ draft, error, onChange }: SectionProps) {
  return (
    <FormSection title="Format">
      <Choices
        legend="Form of the body"
        choices={formats}
        value={draft.payloadFormat}
        errors={messagesOf(error, 'payload_format')}
        onChange={(payloadFormat) => onChange({ payloadFormat })}
      />
    </FormSection>
  );
}
