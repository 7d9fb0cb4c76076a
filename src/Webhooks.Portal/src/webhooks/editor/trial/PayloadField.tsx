import { SourceField } from '../../../events/SourceField.tsx';
import { CodeField } from '../../../ui/CodeField.tsx';
import { parsePayload } from './payload.ts';
import type { ChosenPayload } from './usePayload.ts';

/** What something is tried on: an event that there was, or a sample, which may be edited. */
export function PayloadField({ sources, text, onText }: ChosenPayload) {
  const parsed = parsePayload(text);
  const problem =
    text === ''
      ? 'There is no payload: choose an event whose data is there, or a sample.'
      : 'problem' in parsed
        ? parsed.problem
        : undefined;
  return (
    <>
      <SourceField label="Try it on" sources={sources} />
      <CodeField
        label="Payload"
        hint="You may change it to try other values."
        errors={problem === undefined || sources.isLoading ? [] : [problem]}
        value={text}
        onChange={onText}
      />
    </>
  );
}
