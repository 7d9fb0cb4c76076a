import { Combobox } from '@base-ui/react/combobox';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { usePortal } from '../shell/context.ts';
import { useDebounced } from '../ui/useDebounced.ts';
import { placeOf } from './places.ts';
import { organizationsQuery } from './queries.ts';

const label = 'Look at the organization';

/** The organization that an operator looks at, and the choice of another, found by its name. */
export default function OrganizationChooser({ onChosen }: { onChosen: () => void }) {
  const { api, session } = usePortal();
  const [location, navigate] = useLocation();
  const [text, setText] = useState('');
  const settled = useDebounced(text, 200);
  const found = useQuery(organizationsQuery(api, settled === '' ? undefined : settled, undefined));
  const organizations = new Map(found.data?.data.map((organization) => [organization.id, organization]));
  const call = (id: string) =>
    organizations.get(id)?.name ?? (id === session.org_id ? session.organization_name : null) ?? id;
  const choose = (id: string | null) => {
    if (id !== null && id !== session.org_id) {
      // What is below a screen is of the organization that one leaves.
      const [screen] = location.split('/').filter((part) => part !== '');
      onChosen();
      navigate(placeOf(id, screen === undefined || screen === 'organizations' ? '/' : `/${screen}`));
    }
  };
  return (
    <Combobox.Root
      items={[...organizations.keys()]}
      filter={null}
      value={session.org_id}
      itemToStringLabel={call}
      onValueChange={choose}
      onInputValueChange={(typed, { reason }) => {
        if (reason === 'input-change') {
          setText(typed.trim());
        }
      }}
    >
      <Combobox.Input className="input" aria-label={label} placeholder="Choose an organization" />
      <Combobox.Portal>
        <Combobox.Positioner className="popup-place" sideOffset={4}>
          <Combobox.Popup className="popup">
            <Combobox.Empty className="popup-empty">
              {found.isError
                ? found.error.message
                : found.data === undefined
                  ? 'Searching …'
                  : 'No organization has that in its name.'}
            </Combobox.Empty>
            <Combobox.List className="popup-list">
              {(id: string) => (
                <Combobox.Item key={id} value={id} className="option">
                  {organizations.get(id)?.name ?? 'Without a name'}
                  <div className="muted">{id}</div>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
