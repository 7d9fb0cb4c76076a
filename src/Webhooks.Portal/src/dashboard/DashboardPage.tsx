import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { Empty } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { formatDuration } from '../ui/time.ts';
import { useFilters } from '../ui/useFilters.ts';
import { useNow } from '../ui/useNow.ts';
import { newestWebhooksQuery } from '../webhooks/names.ts';
import { Backlog } from './Backlog.tsx';
import { Chart } from './Chart.tsx';
import { Errors } from './Errors.tsx';
import { latenciesOf, outcomesOf } from './figures.ts';
import { outcomesQuery } from './queries.ts';
import { Totals } from './Totals.tsx';
import { WorstWebhooks } from './WorstWebhooks.tsx';
import { type WindowName, windowOf, windows } from './window.ts';
import './dashboard.css';

/** How the organization's deliveries do, at a glance. */
export default function DashboardPage() {
  const api = useApi();
  const filters = useFilters(['window']);
  const chosen = windowOf(filters.values.window);
  const outcomes = useQuery(outcomesQuery(api, chosen));
  return (
    <Page title="Dashboard" actions={<WindowChoice chosen={chosen} onChange={(name) => filters.set('window', name)} />}>
      <Query query={outcomes} what="the statistics" rows={14}>
        {(statistics) =>
          statistics.totals.deliveries === 0 && statistics.totals.attempts === 0 ? (
            <Nothing chosen={chosen} />
          ) : (
            <Figures statistics={statistics} chosen={chosen} />
          )
        }
      </Query>
    </Page>
  );
}

function WindowChoice({ chosen, onChange }: { chosen: WindowName; onChange: (name: WindowName) => void }) {
  return (
    <fieldset className="row" aria-label="Window of time">
      {Object.entries(windows).map(([name, window]) => (
        <button
          key={name}
          type="button"
          className="button button-small"
          aria-pressed={name === chosen}
          onClick={() => onChange(name as WindowName)}
        >
          {window.name}
        </button>
      ))}
    </fieldset>
  );
}

function Figures({ statistics, chosen }: { statistics: Schemas['Statistics']; chosen: WindowName }) {
  const now = useNow(10_000);
  const at = statistics.series.map((span) => span.at);
  return (
    <>
      {Date.parse(statistics.since) > Date.parse(statistics.from) && (
        <p className="muted">
          Deliveries are counted since <Time at={statistics.since} />.
        </p>
      )}
      <Totals totals={statistics.totals} />
      <Chart title="Deliveries per minute" at={at} series={outcomesOf(statistics, now)} isStacked format={formatRate} />
      <div className="dashboard-pair">
        <Chart
          title="How long attempts took"
          at={at}
          series={latenciesOf(statistics)}
          isStacked={false}
          format={formatDuration}
        />
        <Backlog />
        <WorstWebhooks chosen={chosen} />
        <Errors groups={statistics.groups} />
      </div>
    </>
  );
}

function Nothing({ chosen }: { chosen: WindowName }) {
  const webhooks = useQuery(newestWebhooksQuery(useApi()));
  const hasNone = webhooks.data?.data.length === 0;
  return (
    <Empty title={hasNone ? 'No webhooks yet' : 'Nothing was delivered in this time'}>
      {hasNone ? (
        <p>Once there is a webhook and an event for it, this page shows how its deliveries do.</p>
      ) : (
        <p>
          No event of your webhooks’ types came{chosen === 'month' ? '' : ': choose a longer time above'}. Send a test
          to see a delivery.
        </p>
      )}
      <Link className="button button-primary" href="/webhooks">
        To the webhooks
      </Link>
    </Empty>
  );
}

const rate = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const formatRate = (value: number): string => rate.format(value);
