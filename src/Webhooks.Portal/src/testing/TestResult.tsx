import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { resultOf, toneOf } from '../deliveries/outcome.ts';
import { pageOf } from '../deliveries/places.ts';
import { Badge } from '../ui/Badge.tsx';
import { Code } from '../ui/Code.tsx';

/** What came of a test. */
export function TestResult({ delivery }: { delivery: Schemas['DeliveryDetail'] }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const [attempt] = delivery.attempts;
  return (
    <section className="card stack-small" aria-labelledby="result">
      <h2 id="result" ref={heading} tabIndex={-1}>
        What came of it
      </h2>
      <p className="row">
        <Badge tone={toneOf(delivery.status)}>{delivery.status}</Badge>
        {attempt === undefined
          ? 'It waits until its receiver fetches it.'
          : `${resultOf(attempt)}, after ${attempt.duration_ms} ms`}
      </p>
      {attempt?.message != null && <p>{attempt.message}</p>}
      {attempt?.response_body != null && attempt.response_body !== '' && (
        <Code label="What it was answered with">{attempt.response_body}</Code>
      )}
      <p>
        <Link href={pageOf(delivery)}>See the delivery</Link> with what was sent, and how to verify it.
      </p>
    </section>
  );
}
