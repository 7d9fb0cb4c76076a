import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { useApi, useMay } from '../shell/context.ts';
import { CodeField } from '../ui/CodeField.tsx';
import { Page } from '../ui/Page.tsx';
import { NoPermission, Problem } from '../ui/States.tsx';
import { formatCount } from '../ui/text.ts';
import { useTask } from '../ui/useTask.ts';
import { parseObject } from './json.ts';
import { importEventTypes } from './queries.ts';

/** Event types from a document: all of it or nothing. */
export default function ImportPage() {
  const mayChange = useMay('event-types:write');
  return (
    <Page title="Import event types">
      <p>
        <Link href="/event-types">All event types</Link>
      </p>
      {mayChange ? (
        <ImportForm />
      ) : (
        <NoPermission detail="Your access lets you look at the event types, not change them." />
      )}
    </Page>
  );
}

function ImportForm() {
  const api = useApi();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [imported, setImported] = useState<Schemas['ImportedEventTypes'] | null>(null);
  const { error, isBusy, run } = useTask();
  const parsed = parseObject(text);

  const submit = async (submission: FormEvent) => {
    submission.preventDefault();
    if ('problem' in parsed || parsed.value === null) {
      return;
    }

    setImported(null);
    const document = parsed.value;
    await run(async () => {
      setImported(await importEventTypes(api, document));
      await queries.invalidateQueries({ queryKey: ['event types'] });
    });
  };
  return (
    <form className="card stack" onSubmit={(submission) => void submit(submission)}>
      <CodeField
        label="Document"
        hint={
          <>
            A list, as in <code>{'{"event_types":[{"name":…,"category":…,"description":…}]}'}</code>, or an OpenAPI 3.1
            document, whose section <code>webhooks</code> is taken. Types that there are become as it says; none is
            deleted. All of it is taken, or nothing.
          </>
        }
        errors={'problem' in parsed ? [parsed.problem] : []}
        value={text}
        onChange={setText}
      />
      <Problem error={error} />
      <Mistakes error={error} />
      {imported !== null && <Outcome imported={imported} />}
      <div className="row">
        <button
          type="submit"
          className="button button-primary"
          disabled={isBusy || 'problem' in parsed || parsed.value === null}
        >
          Import
        </button>
      </div>
    </form>
  );
}

/** What is wrong with the document, by the place in it. */
function Mistakes({ error }: { error: unknown }) {
  const errors = error instanceof ApiProblem ? Object.entries(error.errors) : [];
  return errors.length === 0 ? null : (
    <dl className="facts">
      {errors.map(([place, messages]) => (
        <div key={place} className="facts-pair">
          <dt>
            <code>{place === '' ? 'the document' : place}</code>
          </dt>
          <dd>{messages.join(' ')}</dd>
        </div>
      ))}
    </dl>
  );
}

function Outcome({ imported: { created, updated, unchanged } }: { imported: Schemas['ImportedEventTypes'] }) {
  return (
    <div className="notice notice-good" role="status">
      <p>
        <strong>
          {formatCount(created.length, 'event type')} made, {updated.length} changed, {unchanged.length} as before.
        </strong>
      </p>
      <Names what="Made" names={created} />
      <Names what="Changed" names={updated} />
    </div>
  );
}

function Names({ what, names }: { what: string; names: readonly string[] }) {
  return names.length === 0 ? null : (
    <p className="row">
      {what}:
      {names.map((name) => (
        <Link key={name} href={`/event-types/${name}`}>
          {name}
        </Link>
      ))}
    </p>
  );
}
