import type { Schemas } from '../api/client.ts';
import { Code } from '../ui/Code.tsx';
import { HeaderLines } from '../ui/HeaderLines.tsx';
import { Time } from '../ui/Time.tsx';
import { formatCount } from '../ui/text.ts';
import { AttemptRequest } from '../verification/AttemptRequest.tsx';
import { resultOf } from './outcome.ts';

/** Each attempt with what was sent and what was answered, oldest first. */
export function Timeline({ delivery }: { delivery: Schemas['DeliveryDetail'] }) {
  const { attempts } = delivery;
  return (
    <section className="stack" aria-labelledby="attempts">
      <h2 id="attempts">{formatCount(attempts.length, 'attempt')}</h2>
      <ol className="stack">
        {attempts.map((attempt) => (
          <li key={attempt.number} className="card stack-small">
            <div className="row row-spread">
              <strong>
                {attempt.number}. {resultOf(attempt)}
              </strong>
              <span className="muted">
                <Time at={attempt.started_at} />, {attempt.duration_ms} ms, {attempt.trigger}
              </span>
            </div>
            {delivery.redacted_at === null && (
              <AttemptRequest webhookId={delivery.webhook_id} deliveryId={delivery.id} attempt={attempt.number} />
            )}
            {attempt.message !== null && <p>{attempt.message}</p>}
            {attempt.response_headers !== null && (
              <details>
                <summary>Headers of the answer</summary>
                <HeaderLines
                  label={`Headers of the answer to attempt ${attempt.number}`}
                  headers={attempt.response_headers}
                />
              </details>
            )}
            {attempt.response_body !== null && attempt.response_body !== '' && (
              <Code label={`What attempt ${attempt.number} was answered with`}>{attempt.response_body}</Code>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
