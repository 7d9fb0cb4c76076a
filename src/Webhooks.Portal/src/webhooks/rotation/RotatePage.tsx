import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/client.ts';
import { useApi, useMay } from '../../shell/context.ts';
import { Page } from '../../ui/Page.tsx';
import { Query } from '../../ui/Query.tsx';
import { NoPermission, Problem } from '../../ui/States.tsx';
import { useNow } from '../../ui/useNow.ts';
import { NewSecret } from '../NewSecret.tsx';
import { webhookQuery } from '../queries.ts';
import { nameOf } from '../state.ts';
import { type LastChanges, phaseOf } from './phase.ts';
import { lastChangesQuery } from './queries.ts';
import { RotateForm } from './RotateForm.tsx';
import { RunningRotation } from './RunningRotation.tsx';
import { Signatures } from './Signatures.tsx';
import { Step } from './Step.tsx';
import './rotation.css';

/** The way from a webhook's old secret to a new one, on which no receiver has to break. */
export default function RotatePage({ params }: { params: { webhook: string } }) {
  const api = useApi();
  const webhook = useQuery(webhookQuery(api, params.webhook));
  const lastChanges = useQuery(lastChangesQuery(api, params.webhook));
  const mayRotate = useMay('webhooks:write');
  return (
    <Page title="Change the secret">
      {mayRotate ? (
        <Query query={webhook} what="the webhook">
          {({ data }) => (
            <>
              <p>
                Of <Link href={`/webhooks/${data.id}`}>{nameOf(data)}</Link>
              </p>
              <Query query={lastChanges} what="the rotation">
                {(changes) => <Rotation webhook={data} changes={changes} />}
              </Query>
            </>
          )}
        </Query>
      ) : (
        <NoPermission detail="Your access lets you look at webhooks, not change their secrets." />
      )}
    </Page>
  );
}

function Rotation({ webhook, changes }: { webhook: Schemas['Webhook']; changes: LastChanges }) {
  const queries = useQueryClient();
  const phase = phaseOf(webhook, changes, useNow(1_000));
  const [made, setMade] = useState<Schemas['RotatedSecret'] | null>(null);
  const [refusal, setRefusal] = useState<unknown>(null);
  const [hasRun, setHasRun] = useState(phase !== 'single');
  if (phase !== 'single' && !hasRun) {
    setHasRun(true);
  }

  const onRotated = (rotated: Schemas['RotatedSecret']) => {
    setRefusal(null);
    setMade(rotated);
    void queries.invalidateQueries();
  };
  const onRefused = (error: unknown) => {
    setRefusal(error);
    void queries.invalidateQueries();
  };
  const onSaved = () => {
    setHasRun(true);
    setMade(null);
  };

  if (made !== null) {
    return (
      <ol className="stack steps">
        <Step title="1. Make a new secret" state="done" />
        <Step title="2. Give it to your receiver" state="now">
          <NewSecret secret={made.secret} onSaved={onSaved} />
        </Step>
        {made.previous_secret_expires_at !== null && (
          <>
            <Step title="3. Promote it" state="later" />
            <Step title="4. End the overlap" state="later" />
          </>
        )}
      </ol>
    );
  }

  if (phase !== 'single') {
    return (
      <>
        <Problem error={refusal} />
        <RunningRotation webhook={webhook} phase={phase} onRotated={onRotated} onRefused={onRefused} />
        <Signatures phase={phase} />
      </>
    );
  }

  return hasRun ? (
    <div className="notice notice-good" role="status">
      <strong>The rotation is finished</strong>
      <span>
        The new secret signs alone{webhook.secret_hint !== null && <>: it ends in {webhook.secret_hint}</>}. The old one
        is erased.
      </span>
      <span>
        <button type="button" className="button button-small" onClick={() => setHasRun(false)}>
          Change it once more
        </button>
      </span>
    </div>
  ) : (
    <>
      <ol className="stack steps">
        <Step title="1. Make a new secret" state="now">
          <p>
            {webhook.secret_hint !== null && <>The secret of today ends in {webhook.secret_hint}. </>}
            For a while the old one signs beside the new one, so that nothing is refused until your receiver has it.
          </p>
          <RotateForm webhook={webhook} isForced={false} onRotated={onRotated} onRefused={onRefused} />
        </Step>
        <Step title="2. Give it to your receiver" state="later" />
        <Step title="3. Promote it" state="later" />
        <Step title="4. End the overlap" state="later" />
      </ol>
      <Signatures phase={phase} />
    </>
  );
}
