import { lazy } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { Empty } from '../ui/States.tsx';
import { usePortal } from './context.ts';
import { screensFor } from './navigation.ts';
import { screen } from './screen.ts';

const DashboardPage = screen(() => import('../dashboard/DashboardPage.tsx'));
const WebhooksPage = screen(() => import('../webhooks/WebhooksPage.tsx'));
const NewWebhookPage = lazy(() => import('../webhooks/editor/NewWebhookPage.tsx'));
const EditWebhookPage = lazy(() => import('../webhooks/editor/EditWebhookPage.tsx'));
const WebhookPage = screen(() => import('../webhooks/WebhookPage.tsx'));
const TestPage = lazy(() => import('../testing/TestPage.tsx'));
const EventsPage = lazy(() => import('../events/EventsPage.tsx'));
const EventPage = lazy(() => import('../events/EventPage.tsx'));
const RotatePage = lazy(() => import('../webhooks/rotation/RotatePage.tsx'));
const RecoverPage = lazy(() => import('../recover/RecoverPage.tsx'));
const EventTypesPage = lazy(() => import('../catalog/EventTypesPage.tsx'));
const EventTypePage = lazy(() => import('../catalog/EventTypePage.tsx'));
const NewEventTypePage = lazy(() => import('../catalog/NewEventTypePage.tsx'));
const EditEventTypePage = lazy(() => import('../catalog/EditEventTypePage.tsx'));
const ImportPage = lazy(() => import('../catalog/ImportPage.tsx'));
const KeysPage = lazy(() => import('../keys/KeysPage.tsx'));
const SessionsPage = lazy(() => import('../sessions/SessionsPage.tsx'));
const AuditPage = lazy(() => import('../audit/AuditPage.tsx'));
const OrganizationsPage = lazy(() => import('../organizations/OrganizationsPage.tsx'));
const OrganizationPage = lazy(() => import('../organizations/OrganizationPage.tsx'));
const DeliveryPage = lazy(() => import('../deliveries/DeliveryPage.tsx'));

/** Loads the screen that people open the portal with, while it is found out who looks. */
export function preloadScreen(path: string): void {
  const [page] = (
    [
      [/\/webhooks\/[^/]+$/, WebhookPage],
      [/\/webhooks$/, WebhooksPage],
      [/\/(dashboard)?$/, DashboardPage],
    ] as const
  ).filter(([pattern]) => pattern.test(path));
  // When that fails, it fails again where it can be seen.
  page?.[1].preload().catch(() => undefined);
}

/** Which screen an address means; each is loaded when it is first opened. */
export function Routes() {
  const { session } = usePortal();
  const home = session.webhook_id === null ? (screensFor(session)[0]?.path ?? null) : `/webhooks/${session.webhook_id}`;
  return (
    <Switch>
      <Route path="/dashboard" component={DashboardPage} />
      <Route path="/webhooks" component={WebhooksPage} />
      <Route path="/webhooks/new" component={NewWebhookPage} />
      <Route path="/webhooks/:webhook" component={WebhookPage} />
      <Route path="/webhooks/:webhook/edit" component={EditWebhookPage} />
      <Route path="/webhooks/:webhook/test" component={TestPage} />
      <Route path="/webhooks/:webhook/rotate" component={RotatePage} />
      <Route path="/webhooks/:webhook/recover" component={RecoverPage} />
      <Route path="/webhooks/:webhook/deliveries/:delivery" component={DeliveryPage} />
      <Route path="/events" component={EventsPage} />
      <Route path="/events/:event" component={EventPage} />
      <Route path="/event-types" component={EventTypesPage} />
      <Route path="/event-types/new" component={NewEventTypePage} />
      <Route path="/event-types/import" component={ImportPage} />
      <Route path="/event-types/:name" component={EventTypePage} />
      <Route path="/event-types/:name/edit" component={EditEventTypePage} />
      <Route path="/api-keys" component={KeysPage} />
      <Route path="/sessions" component={SessionsPage} />
      <Route path="/audit" component={AuditPage} />
      <Route path="/organizations" component={OrganizationsPage} />
      <Route path="/organizations/:org" component={OrganizationPage} />
      <Route path="/">{home === null ? <NothingToSee /> : <Redirect to={home} replace />}</Route>
      <Route>
        <Empty title="There is no such page">
          <p>The address leads nowhere. The menu has everything that there is.</p>
        </Empty>
      </Route>
    </Switch>
  );
}

function NothingToSee() {
  return (
    <Empty title="Nothing to see with this access">
      <p>It allows to publish events, but not to look at webhooks. Ask for one with the scope webhooks:read.</p>
    </Empty>
  );
}
