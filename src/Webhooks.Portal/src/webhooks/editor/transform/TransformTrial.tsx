import type { UseQueryResult } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client.ts';
import { Code } from '../../../ui/Code.tsx';
import { Problem } from '../../../ui/States.tsx';

/** What a transform made of a payload, or the line at which it failed and why. */
export function TransformTrial({ trial }: { trial: UseQueryResult<Schemas['TransformTrial']> }) {
  if (trial.isError) {
    return <Problem error={trial.error} />;
  }

  if (trial.data === undefined) {
    return null;
  }

  const { outcome, sent_body, sent_headers, error } = trial.data;
  switch (outcome) {
    case 'changed':
      return (
        <div className="notice notice-good" role="status">
          <strong>This is sent</strong>
          {Object.entries(sent_headers ?? {}).map(([name, value]) => (
            <code key={name}>
              {name}: {value}
            </code>
          ))}
          <Code label="What is sent">{pretty(sent_body ?? '')}</Code>
        </div>
      );
    case 'canceled':
      return (
        <div className="notice notice-warn" role="status">
          <strong>Nothing is sent</strong>
          <span>The script cancels the delivery.</span>
        </div>
      );
    default:
      return (
        <div className="notice notice-bad" role="status">
          <strong>{error?.line == null ? 'The script fails' : `The script fails in line ${error.line}`}</strong>
          <span>{error?.message}</span>
        </div>
      );
  }
}

const pretty = (body: string): string => JSON.stringify(JSON.parse(body), null, 2);
