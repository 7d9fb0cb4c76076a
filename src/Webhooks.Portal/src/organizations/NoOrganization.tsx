import { Link } from 'wouter';
import { Page } from '../ui/Page.tsx';

/** What an operator sees of an organization's screens who has not chosen one. */
export function NoOrganization() {
  return (
    <Page title="Choose an organization">
      <p>This page is of one organization, and you look at none. Choose it beside the menu, or from the list of all.</p>
      <p>
        <Link className="button button-primary" href="/organizations">
          All organizations
        </Link>
      </p>
    </Page>
  );
}
