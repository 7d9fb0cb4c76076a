import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { LeaveGuard } from '../../ui/LeaveGuard.tsx';
import { useTask } from '../../ui/useTask.ts';
import { DestinationSection } from './DestinationSection.tsx';
import { type Draft, draftOf, emptyDraft, problemsOf } from './draft.ts';
import { EditorContents } from './EditorContents.tsx';
import { EventsSection } from './events/EventsSection.tsx';
import { FormatSection } from './FormatSection.tsx';
import { FormProblem } from './FormProblem.tsx';
import { FilterSection } from './filter/FilterSection.tsx';
import { HeadersSection } from './HeadersSection.tsx';
import { MetadataSection } from './MetadataSection.tsx';
import { ScheduleSection } from './schedule/ScheduleSection.tsx';
import { TransformSection } from './transform/TransformSection.tsx';
import './editor.css';

interface Props {
  /** The webhook that is changed; undefined for a new one. */
  webhook?: Schemas['Webhook'];
  /** The button that does it, in words. */
  action: string;
  /** More fields, before the button. */
  children?: ReactNode;
  /** What is said before the button. */
  notice?: ReactNode;
  /** Answers with what comes next, for which nothing of the draft is needed any more; null when the form stays. */
  onSubmit: (draft: Draft) => Promise<(() => void) | null>;
  onCancel: () => void;
}

/** A webhook to be written: its sections, and what the server says of them beside the fields that it names. */
export function WebhookForm({ webhook, action, children, notice, onSubmit, onCancel }: Props) {
  const [begun] = useState(() => (webhook === undefined ? emptyDraft : draftOf(webhook)));
  const [draft, setDraft] = useState(begun);
  const { error, setError, isBusy, run } = useTask();
  const [next, setNext] = useState<{ go: () => void } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus();
    }
  }, [error]);
  // Once nothing asks any more whether the page may be left.
  useEffect(() => next?.go(), [next]);

  const submit = async (submission: FormEvent) => {
    submission.preventDefault();
    const errors = problemsOf(draft);
    if (Object.keys(errors).length > 0) {
      setError(new ApiProblem(400, { errors }));
      return;
    }

    await run(async () => {
      const go = await onSubmit(draft);
      setNext(go === null ? null : { go });
    });
  };
  const section = { draft, error, onChange: (changes: Partial<Draft>) => setDraft({ ...draft, ...changes }) };
  return (
    <div className="editor-page">
      <form className="stack editor" noValidate ref={form} onSubmit={(submission) => void submit(submission)}>
        <DestinationSection {...section} />
        <EventsSection {...section} />
        <FilterSection {...section} webhookId={webhook?.id} />
        <FormatSection {...section} />
        <TransformSection {...section} webhookId={webhook?.id} />
        <ScheduleSection {...section} />
        <HeadersSection {...section} existing={Object.keys(webhook?.headers ?? {})} />
        <MetadataSection {...section} />
        {children}
        <div className="editor-end stack-small">
          {notice}
          <FormProblem error={error} />
          <div className="row">
            <button type="submit" className="button button-primary" disabled={isBusy}>
              {action}
            </button>
            <button type="button" className="button" onClick={onCancel}>
              Cancel
            </button>
          </div>
        </div>
        <LeaveGuard
          isOn={next === null && JSON.stringify(draft) !== JSON.stringify(begun)}
          title="Leave without saving?"
        >
          What you have written here is not saved, and is gone when you leave.
        </LeaveGuard>
      </form>
      <EditorContents form={form} />
    </div>
  );
}
