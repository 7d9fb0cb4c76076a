import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { KeyName } from '../keys/KeyName.tsx';
import { Ago } from '../ui/Time.tsx';
import { formatCount } from '../ui/text.ts';
import { useWebhookName } from '../webhooks/names.ts';
import { nameIn, placeOf, sentenceOf, wordsOf } from './entry.ts';

type Entry = Schemas['AuditEntry'];

/** Changes with who made them, and what was before and is since. */
export function AuditEntries({ entries }: { entries: readonly Entry[] }) {
  return (
    <ol className="audit">
      {entries.map((entry) => (
        <li key={entry.id} className="card stack-small">
          <div className="row row-spread">
            <h2>{sentenceOf(entry)}</h2>
            <span className="muted">
              <Ago at={entry.at} />
            </span>
          </div>
          <p className="audit-thing">
            <Thing entry={entry} />
          </p>
          <p className="muted">
            <ActorName actor={entry.actor} />
            {entry.actor.address !== null && <> from {entry.actor.address}</>}
            {entry.request_id !== null && (
              <>
                {' '}
                · request <code>{entry.request_id}</code>
              </>
            )}
          </p>
          <Changes changes={entry.changes} />
        </li>
      ))}
    </ol>
  );
}

/** What was changed, as it is called, with the way to it. */
function Thing({ entry }: { entry: Entry }) {
  const webhookName = useWebhookName();
  const { resource, webhook_id } = entry;
  const place = placeOf(entry);
  const name = nameIn(entry) ?? (resource.kind === 'webhook' ? webhookName(resource.id) : resource.id);
  return (
    <>
      {place === null ? <code>{name}</code> : <Link href={place}>{name}</Link>}
      {webhook_id !== null && resource.kind !== 'webhook' && (
        <>
          {' '}
          of <Link href={`/webhooks/${webhook_id}`}>{webhookName(webhook_id)}</Link>
        </>
      )}
    </>
  );
}

function ActorName({ actor: { kind, id } }: { actor: Entry['actor'] }) {
  const others = id ?? (kind === 'system' ? 'system' : null);
  const name =
    kind === 'key' && id !== null ? (
      <>
        the key <KeyName id={id} />
      </>
    ) : (
      (id ?? (kind === 'system' ? 'the system itself' : 'a token that names nobody'))
    );
  return (
    <>
      By {kind === 'session' && 'the portal link '}
      {others === null ? (
        name
      ) : (
        <Link href={`/audit?actor=${encodeURIComponent(others)}`} title="Only what they changed">
          {name}
        </Link>
      )}
    </>
  );
}

function Changes({ changes }: { changes: Entry['changes'] }) {
  if (changes.length === 0) {
    return null;
  }

  const isChange = changes.some(({ before, after }) => before !== null && after !== null);
  return (
    <details open={isChange}>
      <summary>{formatCount(changes.length, 'field')}</summary>
      <dl className="audit-changes">
        {changes.map(({ field, before, after }) => (
          <div key={field}>
            <dt>
              <code>{field}</code>
            </dt>
            {before !== null && (
              <dd className="audit-before">
                <span className="hidden-visually">before: </span>
                {wordsOf(before)}
              </dd>
            )}
            {(after !== null || isChange) && (
              <dd className="audit-after">
                <span className="hidden-visually">since: </span>
                {wordsOf(after)}
              </dd>
            )}
          </div>
        ))}
      </dl>
    </details>
  );
}
