import { useQuery } from '@tanstack/react-query';
import { useApi, useMay } from '../shell/context.ts';
import { FilteredList } from '../ui/FilteredList.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../ui/FilterFields.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { TimeFilter } from '../ui/TimeFilter.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { WebhookCombobox } from '../webhooks/WebhookCombobox.tsx';
import { AuditEntries } from './AuditEntries.tsx';
import { actionChoices } from './entry.ts';
import { auditQuery } from './queries.ts';
import './audit.css';

/** Who changed what. */
export default function AuditPage() {
  const filters = useFilters(['of', 'webhook', 'actor', 'action', 'from', 'to']);
  const { of, ...narrowing } = filters.values;
  const mayOperate = useMay('admin');
  const entries = useQuery(auditQuery(useApi(), narrowing, mayOperate && of === 'catalog', filters.cursor));
  return (
    <Page title="Audit">
      <FilterBar what="the audit" isAnySet={filters.isAnySet} onClear={filters.clear}>
        {mayOperate && (
          <ChoiceFilter
            label="Changes of"
            all="The organization"
            choices={[['catalog', 'The event catalog']]}
            value={of}
            onChange={(chosen) => filters.set('of', chosen)}
          />
        )}
        <WebhookCombobox
          label="Webhook"
          none="Any"
          value={narrowing.webhook}
          onChange={(id) => filters.set('webhook', id ?? '')}
        />
        <ChoiceFilter
          label="What was done"
          all="Anything"
          choices={actionChoices}
          value={narrowing.action}
          onChange={(action) => filters.set('action', action)}
        />
        <TextFilter
          label="By"
          placeholder="Id of a user or key, or system"
          value={narrowing.actor}
          onChange={(actor) => filters.set('actor', actor)}
        />
        <TimeFilter label="From" value={narrowing.from} onChange={(from) => filters.set('from', from)} />
        <TimeFilter label="To" value={narrowing.to} onChange={(to) => filters.set('to', to)} />
      </FilterBar>
      <FilteredList query={entries} filters={filters} what="the audit" one="change" empty={<NoEntries />}>
        {(items) => <AuditEntries entries={items} />}
      </FilteredList>
    </Page>
  );
}

function NoEntries() {
  return (
    <Empty title="Nothing was changed yet">
      <p>Every change of webhooks, secrets, deliveries, keys and portal links is listed here, with who made it.</p>
    </Empty>
  );
}
