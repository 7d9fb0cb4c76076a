import { messagesOf } from '../../../api/problem.ts';
import { Choices } from '../../../ui/Choices.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import type { SectionProps } from '../draft.ts';
import { FormSection } from '../FormSection.tsx';
import { describeDelays, parseDelays } from './delays.ts';

const schedules = [
  ['system', 'The system’s', '1 min, 5 min, 15 min, 1 h, 2 h, unless your operator has set other waits.'],
  ['own', 'Its own'],
] as const;

/** How long an attempt may take, when the next one comes, and what becomes of events while the webhook is not active. */
export function ScheduleSection({ draft, error, onChange }: SectionProps) {
  const delays = parseDelays(draft.delays);
  return (
    <FormSection
      title="When an attempt fails"
      hint="It is made again after a wait, until one succeeds or none is left."
    >
      <Choices
        legend="Waits between attempts"
        choices={schedules}
        value={draft.hasOwnDelays ? 'own' : 'system'}
        onChange={(schedule) => onChange({ hasOwnDelays: schedule === 'own' })}
      />
      {draft.hasOwnDelays && (
        <TextField
          label="Its own waits"
          hint={
            <output>
              {delays === null ? 'Like 30 s, 5 min, 1 h 30 min. Empty: one attempt only.' : describeDelays(delays)}
            </output>
          }
          errors={messagesOf(error, 'retry_delays')}
          value={draft.delays}
          onChange={(value) => onChange({ delays: value })}
        />
      )}
      <TextField
        label="Time for one attempt, in seconds"
        hint="1 to 30, until the answer begins. Empty: the system’s time, 30 s unless your operator has set another."
        errors={messagesOf(error, 'timeout_seconds')}
        className="editor-short"
        inputMode="numeric"
        value={draft.timeout}
        onChange={(value) => onChange({ timeout: value })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={draft.keepSkipped}
          onChange={(change) => onChange({ keepSkipped: change.currentTarget.checked })}
        />
        <span>
          Keep events that come while it is not active
          <span className="choice-meaning">Nothing is sent, but they can be recovered later.</span>
        </span>
      </label>
    </FormSection>
  );
}
