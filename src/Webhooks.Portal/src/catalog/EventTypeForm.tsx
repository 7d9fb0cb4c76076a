import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { messagesOf } from '../api/problem.ts';
import { useApi } from '../shell/context.ts';
import { CheckField } from '../ui/CheckField.tsx';
import { CodeField } from '../ui/CodeField.tsx';
import { LeaveGuard } from '../ui/LeaveGuard.tsx';
import { Problem } from '../ui/States.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useTask } from '../ui/useTask.ts';
import { byCategory, type Draft } from './catalog.ts';
import { formatObject, parseObject } from './json.ts';
import { eventTypesQuery } from './queries.ts';

interface Props {
  /** What is edited; undefined for one that is to be made. */
  type?: Schemas['EventType'];
  /** The button that does it, in words. */
  action: string;
  /** Where one goes without doing it. */
  back: string;
  /** Answers with what comes next, for which nothing of the draft is needed any more. */
  onSubmit: (draft: Draft) => Promise<() => void>;
}

/** What is known of an event type, to be written. */
export function EventTypeForm({ type, action, back, onSubmit }: Props) {
  const types = useQuery(eventTypesQuery(useApi()));
  const categoriesId = useId();
  const [name, setName] = useState(type?.name ?? '');
  const [category, setCategory] = useState(type?.category ?? '');
  const [description, setDescription] = useState(type?.description ?? '');
  const [sample, setSample] = useState(formatObject(type?.sample ?? null));
  const [schema, setSchema] = useState(formatObject(type?.schema ?? null));
  const [validate, setValidate] = useState(type?.validate ?? false);
  const { error, isBusy, run } = useTask();
  const [next, setNext] = useState<{ go: () => void } | null>(null);
  const [begun] = useState(() => JSON.stringify([name, category, description, sample, schema, validate]));
  const isChanged = JSON.stringify([name, category, description, sample, schema, validate]) !== begun;
  // Once nothing asks any more whether the page may be left.
  useEffect(() => next?.go(), [next]);
  const parsedSample = parseObject(sample);
  const parsedSchema = parseObject(schema);

  const submit = async (submission: FormEvent) => {
    submission.preventDefault();
    if ('problem' in parsedSample || 'problem' in parsedSchema) {
      return;
    }

    await run(async () => {
      const go = await onSubmit({
        name,
        category,
        description,
        sample: parsedSample.value,
        schema: parsedSchema.value,
        validate,
      });
      setNext({ go });
    });
  };
  return (
    <form className="card stack" onSubmit={(submission) => void submit(submission)}>
      {type === undefined && (
        <TextField
          label="Name"
          hint="Words of small letters with dots between them, as in invoice.paid. It never changes."
          errors={messagesOf(error, 'name')}
          required
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={setName}
        />
      )}
      <TextField
        label="Category"
        hint="The heading that it is listed under."
        errors={messagesOf(error, 'category')}
        required
        maxLength={100}
        list={categoriesId}
        autoComplete="off"
        value={category}
        onChange={setCategory}
      />
      <datalist id={categoriesId}>
        {[...byCategory(types.data?.data ?? []).keys()].map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <TextField
        label="Description"
        hint="When it is published, in a sentence."
        errors={messagesOf(error, 'description')}
        required
        maxLength={2000}
        autoComplete="off"
        value={description}
        onChange={setDescription}
      />
      <CodeField
        label="Sample"
        hint="Data as an event of this type has it, as a JSON object. Test deliveries send it."
        errors={'problem' in parsedSample ? [parsedSample.problem] : messagesOf(error, 'sample')}
        value={sample}
        onChange={setSample}
      />
      <CodeField
        label="JSON Schema"
        hint="What the data looks like (2020-12); empty for nothing. A $ref stays within the schema."
        errors={'problem' in parsedSchema ? [parsedSchema.problem] : messagesOf(error, 'schema')}
        value={schema}
        onChange={setSchema}
      />
      <CheckField
        label="Refuse events whose data does not fit the schema"
        errors={messagesOf(error, 'validate')}
        checked={validate}
        onChange={setValidate}
      />
      <Problem error={error} />
      <div className="row">
        <button
          type="submit"
          className="button button-primary"
          disabled={isBusy || 'problem' in parsedSample || 'problem' in parsedSchema}
        >
          {action}
        </button>
        <Link className="button" href={back}>
          Cancel
        </Link>
      </div>
      <LeaveGuard isOn={isChanged && next === null} title="Leave without saving?">
        What you have written here is not saved, and is gone when you leave.
      </LeaveGuard>
    </form>
  );
}
